export const step = async (event: unknown): Promise<unknown> => event;
