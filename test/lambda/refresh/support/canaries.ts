import fc from 'fast-check';

/** Stands for a secret: whoever shows it has shown one. */
export const CANARY = 'c4n4ry-4d2f';

/** Keys below which a secret may lie, in spellings that people use. */
const SECRET_KEYS = [
  'src_flash_array_api_token',
  'tgt_flash_array_api_token',
  'flash_array_api_token',
  'src_flash_array_ca',
  'tgt_flash_array_ca',
  'api-token',
  'API_TOKEN',
  'password',
  'ora_password',
  'client_secret',
];

/** Keys that the product reads, where a mistake is told with what was found. */
const KNOWN_KEYS = [
  'src_flash_array_host',
  'tgt_flash_array_host',
  'source_protection_group',
  'target_protection_group',
  'src_protection_group',
  'snapshot_name',
  'replicate',
  'ignore_match',
  'execute',
  'excluded_volumes',
  'volume_id',
  'flash_array_api_version',
  'refresh',
  'trigger',
  'detail',
  'flasharray_refresh',
  '_comment',
];

const ordinary = fc.oneof(
  fc.constantFrom<unknown>(true, 'True', null, 0, -1.5, '', 'prd-pg', 'a,b', [], {}),
  fc.string(),
);
const secret = fc.constantFrom<unknown>(
  CANARY,
  `${CANARY}\n`,
  [CANARY],
  { value: CANARY },
  { deep: [{ password: CANARY }] },
);

/** Any JSON, with canaries wherever a key says that a secret lies below, and nowhere else. */
export const documentWithCanaries: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    ordinary,
    fc.array(tie('node'), { maxLength: 3 }),
    fc
      .tuple(
        fc.dictionary(
          fc.oneof(fc.constantFrom(...KNOWN_KEYS), fc.string({ maxLength: 5 })),
          tie('node'),
          { maxKeys: 6 },
        ),
        fc.dictionary(fc.constantFrom(...SECRET_KEYS), secret, { maxKeys: 3 }),
      )
      .map(([known, secrets]) => ({ ...known, ...secrets })),
  ),
})).node;
