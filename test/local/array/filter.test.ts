import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFilter } from '../../../local/array/rest/filter.ts';
import { errorOf, GIB, startTestArray, type TestArray } from './test-array.ts';

let array: TestArray;

beforeAll(async () => {
  array = await startTestArray({
    volumes: [
      { name: 'prd-data-00', size: 4 * GIB, tags: { owner: 'finance', tier: 'gold' } },
      { name: 'prd-data-01', size: 2 * GIB, tags: { owner: "O'Hara" } },
      { name: 'prd-fra-00', size: 1 * GIB },
      { name: 'dev-data-00', size: 4 * GIB, destroyed: true },
      { name: 'pod1::vg1/data', size: 8 * GIB },
    ],
    protection_groups: [
      { name: 'prd-pg', volumes: ['prd-data-00', 'prd-data-01'], snapshots: [{ suffix: 'one' }] },
    ],
  });
});
afterAll(() => array.stop());

describe('a filter over volumes', () => {
  it.each([
    // operators
    ["name='prd-data-00'", ['prd-data-00']],
    [
      "name != 'prd-data-00' and destroyed='false'",
      ['prd-data-01', 'prd-fra-00', 'pod1::vg1/data'],
    ],
    [`provisioned=${2 * GIB}`, ['prd-data-01']],
    [`provisioned<${2 * GIB}`, ['prd-fra-00']],
    [`provisioned<=${2 * GIB}`, ['prd-data-01', 'prd-fra-00']],
    [`provisioned>${4 * GIB}`, ['pod1::vg1/data']],
    [`provisioned>="${4 * GIB}"`, ['prd-data-00', 'dev-data-00', 'pod1::vg1/data']],
    ["name<'prd-data-00' and name>'e'", ['pod1::vg1/data']],
    // booleans, quoted and not
    ["destroyed='true'", ['dev-data-00']],
    ['destroyed=true', ['dev-data-00']],
    // and binds tighter than or; parentheses and not
    [
      `name='prd-fra-00' or name='*data*' and provisioned=${4 * GIB}`,
      ['prd-data-00', 'prd-fra-00', 'dev-data-00'],
    ],
    [
      `(name='prd-fra-00' or name='*data*') and provisioned=${4 * GIB}`,
      ['prd-data-00', 'dev-data-00'],
    ],
    ["not(name='*data*')", ['prd-fra-00']],
    [`not(name='prd*') and not(destroyed='true')`, ['pod1::vg1/data']],
    // wildcards, anywhere; names are case-insensitive
    ["name='prd*'", ['prd-data-00', 'prd-data-01', 'prd-fra-00']],
    ["name='*00'", ['prd-data-00', 'prd-fra-00', 'dev-data-00']],
    ["name='p*data*'", ['prd-data-00', 'prd-data-01', 'pod1::vg1/data']],
    ["name='PRD-Data-0*'", ['prd-data-00', 'prd-data-01']],
    ["name!='*data*'", ['prd-fra-00']],
    // a wildcard is one only with =
    ["name>'prd-f*'", ['prd-fra-00']],
    // lists
    ["name=('prd-data-00','dev*')", ['prd-data-00', 'dev-data-00']],
    ["name!=('prd*','dev*')", ['pod1::vg1/data']],
    // contains
    ["contains(name,'DATA-0')", ['prd-data-00', 'prd-data-01', 'dev-data-00']],
    ["contains(serial,'no such serial')", []],
    // subfields and existence
    ["pod.name='pod1'", ['pod1::vg1/data']],
    ["volume_group.name='pod1::VG1'", ['pod1::vg1/data']],
    ['pod.name', ['pod1::vg1/data']],
    ['pod', ['pod1::vg1/data']],
    ['not(pod.name) and not(destroyed=true)', ['prd-data-00', 'prd-data-01', 'prd-fra-00']],
    ['time_remaining', ['dev-data-00']],
    // an absent value is unequal to everything, and in no order with anything
    ["pod.name!='pod1' and name='prd-f*'", ['prd-fra-00']],
    ['time_remaining<1 or time_remaining>=1', ['dev-data-00']],
    // tags
    ["tags('owner','finance')", ['prd-data-00']],
    ["tags('owner','O\\'Hara')", ['prd-data-01']],
    ["tags('tier','g*')", ['prd-data-00']],
    ["tags('owner','*') and not(tags('tier','gold'))", ['prd-data-01']],
    // nothing matches: an empty list, not an error
    ["name='nobody'", []],
  ])('%s', async (filter, expected) => {
    expect(await array.names('/volumes', { filter })).toEqual(expected);
  });

  it.each([
    ["name='prd"],
    ['name='],
    ["name='a' and"],
    ["(name='a'"],
    ["name='a')"],
    ["name ~ 'a'"],
    ["starts_with(name,'a')"],
    ['name=prd'],
    [''],
  ])('refuses what it cannot read: %s', async (filter) => {
    const { status } = await array.call('GET', '/volumes', { query: { filter } });
    expect(status).toBe(400);
  });

  it.each([
    ["nonsense='a'", 'nonsense'],
    ["pod.nonsense='a'", 'pod.nonsense'],
    ["name.first='a'", 'name.first'],
  ])('refuses fields that no volume has: %s', async (filter, field) => {
    const answered = await array.call('GET', '/volumes', { query: { filter } });
    expect(answered.status).toBe(400);
    expect(errorOf(answered).message).toContain(field);
  });

  it('refuses to compare a number with a word', async () => {
    const query = { filter: "provisioned='large'" };
    expect((await array.call('GET', '/volumes', { query })).status).toBe(400);
  });

  it('refuses tags where there are none', async () => {
    const query = { filter: "tags('a','b')" };
    expect((await array.call('GET', '/protection-groups', { query })).status).toBe(400);
  });
});

describe('a filter over other lists', () => {
  it('finds the volume snapshots of a group snapshot', async () => {
    expect(await array.names('/volume-snapshots', { filter: "name='prd-pg.one.*'" })).toEqual([
      'prd-pg.one.prd-data-00',
      'prd-pg.one.prd-data-01',
    ]);
  });

  it('looks into members of groups', async () => {
    const items = await array.items('/protection-groups/volumes', { filter: "member.name='*01'" });
    expect(items.map(({ member }) => member.name)).toEqual(['prd-data-01']);
  });
});

describe('the language itself', () => {
  const unit = fc.constantFrom('a', ' ', "'", '"', '\\', '*', '.', '(', ',', '\n', 'é', '🔑');
  const quote = (text: string) => `'${text.replaceAll(/[\\'*]/g, '\\$&')}'`;

  it('takes any text between quotes, if backslash, quote and star are escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit }), fc.string({ unit }), (text, other) => {
        const { matches } = parseFilter(`value=${quote(text)}`);
        expect(matches({ item: { value: text } })).toBe(true);
        expect(matches({ item: { value: other } })).toBe(other === text);
      }),
    );
  });

  it('reads any expression as JavaScript would', () => {
    const fields = ['a', 'b', 'c', 'd'];
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(...fields),
        fc.tuple(tie('expression'), tie('expression')).map(([l, r]) => `${l} and ${r}`),
        fc.tuple(tie('expression'), tie('expression')).map(([l, r]) => `${l} or ${r}`),
        tie('expression').map((inner) => `(${inner})`),
        tie('expression').map((inner) => `not(${inner})`),
      ),
    }));
    const items = fc.record(
      Object.fromEntries(fields.map((field) => [field, fc.constantFrom(1, null)])),
    );
    fc.assert(
      fc.property(expression, items, (text, item) => {
        const script = text
          .replaceAll('and', '&&')
          .replaceAll('or', '||')
          .replaceAll('not', '!')
          .replaceAll(/[abcd]/g, (field) => String(item[field] === 1));
        expect(parseFilter(text).matches({ item })).toBe(new Function(`return ${script}`)());
      }),
    );
  });

  it.each([
    ["list[any].name='a'", true],
    ["list[all].name='a'", false],
    ["list[all].name=('a','b')", true],
    ["list[any].name='c'", false],
    ["contains(words,'one')", true],
    ["contains(words,'on')", false],
    ["words[any]='two'", true],
    ["words[all]='t*'", false],
  ])('looks into lists: %s', (filter, expected) => {
    const item = { list: [{ name: 'a' }, { name: 'b' }], words: ['one', 'two'] };
    expect(parseFilter(filter).matches({ item })).toBe(expected);
  });
});
