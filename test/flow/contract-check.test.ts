import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../local/array/simulator.ts';
import { ContractChecker } from '../support/contract/check-exchange.ts';
import { OpenApi } from '../support/contract/openapi.ts';
import { contractFolder, violationsOf } from '../support/contract/vendor-contract.ts';

const document = `
openapi: 3.0.1
paths:
  /api/2.26/volumes:
    get:
      parameters:
      - {$ref: '#/components/parameters/Names'}
      - {name: limit, in: query, schema: {type: integer, format: int32, minimum: 0}}
      - {name: destroyed, in: query, schema: {type: boolean}}
      - {name: Authorization, in: header, schema: {type: string}}
      responses:
        '200': {$ref: '#/components/responses/Volumes'}
    post:
      parameters:
      - {name: names, in: query, required: true, explode: false, schema: {type: array, items: {type: string}}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/VolumePost'}}}
      responses:
        '200': {$ref: '#/components/responses/Volumes'}
  /api/2.26/logout:
    post:
      responses:
        '200': {description: ''}
components:
  parameters:
    Names: {name: names, in: query, style: form, explode: false, schema: {type: array, items: {type: string}}}
  responses:
    Volumes:
      content: {application/json: {schema: {$ref: '#/components/schemas/VolumeList'}}}
  schemas:
    Reference: {type: object, properties: {id: {type: string}, name: {type: string}}}
    Named: {type: object, properties: {name: {type: string}}}
    BuiltIn: {type: object, properties: {id: {type: string, readOnly: true}, name: {type: string, readOnly: true}}}
    VolumePost:
      allOf:
      - {$ref: '#/components/schemas/BuiltIn'}
      - {$ref: '#/components/schemas/Named'}
      - type: object
        properties:
          provisioned: {type: integer, format: int64, maximum: 4503599627370496}
          source:
            description: What is copied.
            allOf: [{$ref: '#/components/schemas/Reference'}]
    Volume:
      allOf:
      - {$ref: '#/components/schemas/Named'}
      - type: object
        properties:
          provisioned: {type: integer, format: int64}
          source: {allOf: [{$ref: '#/components/schemas/Reference'}]}
    VolumeList:
      type: object
      properties:
        items: {type: array, items: {$ref: '#/components/schemas/Volume'}}
        continuation_token: {type: string}
`;

const listing: Exchange = {
  array: 'fa',
  method: 'GET',
  path: '/api/2.26/volumes',
  query: { names: 'a,b', limit: '10', destroyed: 'false' },
  requestBody: null,
  status: 200,
  headers: {},
  replyBody: {
    items: [{ name: 'a', provisioned: 512, source: { id: null, name: null } }],
    continuation_token: null,
  },
};
const creation: Exchange = {
  ...listing,
  method: 'POST',
  query: { names: 'a' },
  requestBody: { provisioned: 512, source: { name: 'b' } },
};

describe('the contract check', () => {
  const check = (exchange: Exchange) => new ContractChecker(new OpenApi(document)).check(exchange);

  it('finds nothing where there is nothing, also where null stands for what is absent', () => {
    expect(check(listing)).toEqual([]);
    expect(check(creation)).toEqual([]);
  });

  it.each([
    ['a path that does not exist', { path: '/api/2.26/hosts' }, 'there is no such operation'],
    ['a method that the path does not have', { method: 'PUT' }, 'there is no such operation'],
    ['a wrong parameter', { query: { name: 'a' } }, 'parameter name is not declared'],
    [
      'a header as a parameter',
      { query: { Authorization: 'a' } },
      'parameter Authorization is not',
    ],
    ['a parameter of a wrong type', { query: { limit: 'ten' } }, 'parameter limit must be integer'],
    ['a parameter out of bounds', { query: { limit: '-1' } }, 'parameter limit must be >= 0'],
    ['a flag that is none', { query: { destroyed: 'no' } }, 'parameter destroyed must be boolean'],
    ['a body where none belongs', { requestBody: {} }, 'it takes no body'],
  ])('finds %s in a request', (_, change, problem) => {
    const violations = check({ ...listing, ...change });

    expect(violations).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['a missing parameter', { query: {} }, 'parameter names is missing'],
    ['a missing body', { requestBody: null }, 'the body is missing'],
    ['a wrong key', { requestBody: { replicate: true } }, 'body/replicate is not in the schema'],
    ['a wrong key further in', { requestBody: { source: { nam: 'b' } } }, 'body/source/nam is not'],
    ['a read-only key', { requestBody: { id: '1' } }, 'body/id is read-only'],
    [
      'a key that is read-only in one branch',
      { requestBody: { name: 'a' } },
      'body/name is read-only',
    ],
    ['a wrong type', { requestBody: { provisioned: '512' } }, 'body/provisioned must be integer'],
    [
      'a value that is too large',
      { requestBody: { provisioned: 5e15 } },
      'body/provisioned must be <=',
    ],
    ['null', { requestBody: { source: null } }, 'body/source must be object'],
  ])('finds %s in the body of a request', (_, change, problem) => {
    const violations = check({ ...creation, ...change });

    expect(violations).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    [
      'a wrong type',
      { items: [{ provisioned: '512' }] },
      'body/items/0/provisioned must be integer',
    ],
    [
      'a property nobody knows',
      { items: [{ size: 512 }] },
      'body/items/0/size is not in the schema',
    ],
    ['no document', null, 'body must be object'],
  ])('finds %s in a reply', (_, replyBody, problem) => {
    const violations = check({ ...listing, replyBody });

    expect(violations).toEqual([
      expect.stringContaining(`reply to GET /api/2.26/volumes: ${problem}`),
    ]);
  });

  it('finds a body in a reply that has none', () => {
    const logout = { ...listing, method: 'POST', path: '/api/2.26/logout', query: {} };

    expect(check({ ...logout, replyBody: null })).toEqual([]);
    expect(check({ ...logout, replyBody: {} })).toEqual([expect.stringContaining('has no body')]);
  });

  it('leaves the replies alone that are no success, as the specification says nothing of them', () => {
    const refused = { ...listing, status: 400, replyBody: { errors: [] } };

    expect(check(refused)).toEqual([]);
  });

  it('stops at a keyword that it does not understand', () => {
    const unknown = document.replace('readOnly: true', 'nullable: true');

    expect(() => new ContractChecker(new OpenApi(unknown)).check(creation)).toThrow('nullable');
  });
});

describe('the contract with the vendor’s files', () => {
  if (contractFolder === undefined) {
    process.stderr.write(
      'FLASHARRAY_OPENAPI names no folder: the contract with the vendor’s OpenAPI files was not checked.\n',
    );
  }
  const volumes = { ...listing, query: { names: 'a' }, replyBody: null, status: 400 };

  it.runIf(contractFolder)(
    'has 2.26 stand for what came before 2.32, and 2.56 for the rest',
    () => {
      const batch = { ...volumes, method: 'POST', query: { overwrite: 'true' }, requestBody: [] };
      const paths = ['2.2', '2.26', '2.31', '2.32', '2.56'].map((v) => `/api/${v}/volumes/batch`);

      const violations = paths.map((path) => violationsOf({ ...batch, path }).length);

      expect(violations).toEqual([1, 1, 1, 0, 0]);
    },
  );

  it.runIf(contractFolder)('finds a parameter that the vendor does not know', () => {
    const violations = violationsOf({
      ...volumes,
      path: '/api/2.9/volumes',
      query: { nmaes: 'a' },
    });

    expect(violations).toEqual([
      'request GET /api/2.26/volumes: parameter nmaes is not declared (as REST 2.9)',
    ]);
  });

  it.runIf(contractFolder).each(['2.26', '2.56'])(
    'knows what replication takes on %s',
    (version) => {
      const calls = [
        ['GET', '/array-connections', { names: 'a' }],
        ['GET', '/protection-groups/targets', { group_names: 'a' }],
        ['GET', '/protection-group-snapshots/transfer', { names: 'a' }],
        ['POST', '/protection-group-snapshots/replica', { names: 'a', on: 'b' }],
        ['POST', '/protection-group-snapshots', { source_names: 'a', replicate_now: 'true' }],
      ] as const;
      const check = (more: Readonly<Record<string, string>>) =>
        calls.flatMap(([method, path, query]) => {
          const request = { method, path: `/api/${version}${path}`, requestBody: null };
          return violationsOf({ ...volumes, ...request, query: { ...query, ...more } });
        });

      expect(check({})).toEqual([]);
      expect(check({ 'replicate-now': 'true' })).toHaveLength(calls.length);
    },
  );

  it.runIf(contractFolder)('knows the operation that comes before any version is chosen', () => {
    const asked = { ...volumes, path: '/api/api_version', query: {}, status: 200 };

    expect(violationsOf({ ...asked, replyBody: { version: ['2.26'] } })).toEqual([]);
    expect(violationsOf({ ...asked, replyBody: { version: [2.26] } })).toHaveLength(1);
  });
});
