import { belowVersion, type Ground } from './ground.ts';
import type { Trouble } from './trouble.ts';

/** Whether a trouble has come. */
export const hasStruck = (ground: Ground, trouble: Trouble): boolean => {
  switch (trouble.kind) {
    case 'store':
      return ground.store.hasStruck;
    case 'array':
      return sawRequest(ground, trouble.fault);
    case 'database':
      return sawStatement(ground, trouble.fault);
    case 'hook':
      return ground.hooks?.hosts.hasStruck ?? false;
    case 'cut off':
      return ground.cutOffs >= trouble.times;
    case 'kill': {
      const { after } = trouble;
      if ('operation' in after) return ground.store.hasStruck;
      return 'statement' in after ? sawStatement(ground, after) : sawRequest(ground, after);
    }
  }
};

/** A request or statement by what it is; faults need not say all of it. */
interface Sought {
  readonly array?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly statement?: string | undefined;
  readonly nth?: number | undefined;
}

const sawRequest = ({ simulator }: Ground, sought: Sought): boolean => {
  const like = simulator
    .requests()
    .filter(
      ({ array, method, path }) =>
        array === sought.array && method === sought.method && belowVersion(path) === sought.path,
    );
  return like.length >= (sought.nth ?? 1);
};

const sawStatement = ({ database }: Ground, sought: Sought): boolean => {
  const statements = database?.simulator.statements() ?? [];
  const like = statements.filter(({ statement }) => statement === sought.statement);
  return like.length >= (sought.nth ?? 1);
};
