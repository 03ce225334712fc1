/** A deadline of our own that passed. */
export class Overdue extends Error {
  readonly code = 'overdue';

  constructor(ms: number) {
    super(`No answer in ${ms} ms`);
  }
}

/**
 * What `act` comes to, if that is within `ms`. Afterwards nobody hears of it but `onLate`, which gets what came after
 * all.
 * @throws Overdue, or what `act` throws
 */
export const within = async <T>(
  ms: number,
  act: () => Promise<T>,
  onLate: (result: T) => void = () => {},
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      reject(new Overdue(ms));
    }, ms);
  });
  const underWay = act();
  underWay.then(
    (result) => {
      if (isOver) onLate(result);
    },
    () => {},
  );
  try {
    return await Promise.race([underWay, deadline]);
  } finally {
    clearTimeout(timer);
  }
};
