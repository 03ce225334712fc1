export const start = async (event: unknown): Promise<unknown> => event;
