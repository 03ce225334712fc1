import type { StateFile } from './state-file.ts';

const GIB = 1_073_741_824;

const database = (name: string) => [
  { name: `${name}-data-00`, size: 120 * GIB },
  { name: `${name}-data-01`, size: 120 * GIB },
  { name: `${name}-fra-00`, size: 40 * GIB },
  { name: `${name}-fra-01`, size: 40 * GIB },
];

const production = [
  ...database('gct-oradb-demo-prd01'),
  { name: 'gct-oradb-demo-prd01-config-00', size: 4 * GIB },
  { name: 'gct-oradb-demo-prd01-config-01', size: 4 * GIB },
];
const development = database('gct-oradb-demo-dev01');
const names = (volumes: { name: string }[]) => volumes.map(({ name }) => name);
const productionGroup = { name: 'gct-oradb-demo-prd01-pg', volumes: names(production) };
const developmentGroup = { name: 'gct-oradb-demo-dev01-pg', volumes: names(development) };
const productionHost = { name: 'gct-oradb-demo-prd01', volumes: names(production) };
const developmentHost = { name: 'gct-oradb-demo-dev01', volumes: names(development) };

/** The seed's worked example: an Oracle database of six volumes, and its development copy of four. */
export const demoState: StateFile = {
  arrays: [
    {
      name: 'fa-demo',
      volumes: [...production, ...development],
      protection_groups: [productionGroup, developmentGroup],
      hosts: [productionHost, developmentHost],
    },
  ],
};

/** The same on two arrays: the database replicates from one to the other, which has the development copy. */
export const replicationDemoState: StateFile = {
  arrays: [
    {
      name: 'fa-prod',
      volumes: production,
      protection_groups: [{ ...productionGroup, targets: ['fa-dr'] }],
      hosts: [productionHost],
    },
    {
      name: 'fa-dr',
      volumes: development,
      protection_groups: [developmentGroup],
      hosts: [developmentHost],
    },
  ],
};
