import { readFileSync, writeFileSync } from 'node:fs';

export type Topology = 'single' | 'rac';

/** What is found: the mode of each instance that runs, what is mounted where, and the open PDBs. */
export interface State {
  up: Record<string, string>;
  mounted: string[];
  pdbs: string[];
}

/** A development database in use. */
export const asUsual = (topology: Topology): State =>
  topology === 'single'
    ? { up: { n1: 'open' }, mounted: ['DATA@n1', 'FRA@n1'], pdbs: ['PDB1', 'PDB2'] }
    : {
        up: { n1: 'open', n2: 'open' },
        mounted: ['DATA@n1', 'DATA@n2', 'FRA@n1', 'FRA@n2'],
        pdbs: [],
      };

export const DOWN: State = { up: {}, mounted: [], pdbs: [] };

const names = (list = '') => list.split(' ').filter(Boolean).sort();
const listed = (list: string[]) => ` ${list.map((name) => `${name} `).join('')}`;

/** The file of assignments that the stand-ins keep their world in; `tool.sh` says what they mean. */
export class World {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  create({ up, mounted, pdbs }: State) {
    this.#write({
      name: 'DEV',
      dirty: '',
      backup: '',
      up_n1: up['n1'] ?? '',
      up_n2: up['n2'] ?? '',
      mounted: listed(mounted),
      resetlogs: '',
      restricted: up['n1'] === 'restrict' ? 'yes' : '',
      jobs: '40',
      exclusive: '',
      started_as: 'DEV',
      pdbs: listed(pdbs),
      handles: '',
      dbid: '',
    });
  }

  get(name: string) {
    return this.#read()[name];
  }

  set(values: Record<string, string>) {
    this.#write({ ...this.#read(), ...values });
  }

  get state(): State {
    const { up_n1, up_n2, mounted, pdbs } = this.#read();
    return {
      up: { ...(up_n1 && { n1: up_n1 }), ...(up_n2 && { n2: up_n2 }) },
      mounted: names(mounted),
      pdbs: names(pdbs),
    };
  }

  #read(): Record<string, string> {
    const assignments = readFileSync(this.#file, 'utf8').matchAll(/^(\w+)='([^']*)'$/gm);
    return Object.fromEntries([...assignments].map(([, name = '', value = '']) => [name, value]));
  }

  #write(values: Record<string, string>) {
    const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(this.#file, lines.join(''));
  }
}
