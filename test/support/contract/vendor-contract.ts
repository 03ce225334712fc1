import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from '../../../local/array/simulator.ts';
import { ContractChecker } from './check-exchange.ts';
import { OpenApi } from './openapi.ts';

/** The folder with the vendor's OpenAPI files; undefined: the contract is not checked. */
export const contractFolder = process.env['FLASHARRAY_OPENAPI'] || undefined;

/** The two versions whose files there are: each stands for those before it, back to the other. */
const FILES = [26, 56] as const;
const checkers = new Map<number, ContractChecker>();

/**
 * What is wrong with an exchange by the vendor's specification of its REST version: up to 2.31 by that of 2.26, from
 * there on by that of 2.56. Nothing where the specifications are not at hand.
 */
export const violationsOf = (exchange: Exchange): string[] => {
  if (contractFolder === undefined) return [];
  const [, minor, rest] = /^\/api\/2\.(\d+)(\/.*)$/.exec(exchange.path) ?? [];
  const version = minor !== undefined && Number(minor) <= 31 ? FILES[0] : FILES[1];
  const path = rest === undefined ? exchange.path : `/api/2.${version}${rest}`;
  const spoken = minor === undefined ? '' : ` (as REST 2.${minor})`;
  return checkerOf(contractFolder, version)
    .check({ ...exchange, path })
    .map((violation) => `${violation}${spoken}`);
};

const checkerOf = (folder: string, version: number): ContractChecker => {
  const known = checkers.get(version);
  if (known) return known;
  const text = readFileSync(join(folder, `flasharray-2.${version}.openapi.yaml`), 'utf8');
  const made = new ContractChecker(new OpenApi(text));
  checkers.set(version, made);
  return made;
};
