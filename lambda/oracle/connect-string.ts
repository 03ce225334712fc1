const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|\w[\w.-]+)(?::\d{1,5})?`;

/**
 * `[[tcp:|tcps:]//]host[:port][,host…]/service[:server][/instance][?settings]`, as the driver's thin mode reads it: a
 * name has two characters at least. An alias of a tnsnames.ora is none: no such file lies beside a Lambda function.
 */
const EASY = new RegExp(
  String.raw`^(?:(?:tcps?:)?//)?(?<hosts>${HOST}(?:[,;]${HOST})*)/(?<service>\w[\w.-]+)(?::(?:dedicated|shared|pooled))?(?:/\w+)?(?:\?.*)?$`,
  'i',
);

/** Whether thin mode can read a connect string, as far as its looks tell. */
export const isConnectString = (text: string): boolean => nameIn(text) !== undefined;

/** What a database is called in messages: `host:port/service`. Nothing else of its connect string is shown. */
export const databaseName = (connectString: string): string =>
  nameIn(connectString) ?? '(connect string not readable)';

const nameIn = (text: string): string | undefined => {
  const easy = EASY.exec(text)?.groups;
  if (easy !== undefined) return `${easy['hosts']}/${easy['service']}`;
  if (!/^\(\s*DESCRIPTION(?:_LIST)?\s*=/i.test(text) || !isBalanced(text)) return undefined;
  const host = setting(text, 'HOST');
  const service = setting(text, 'SERVICE_NAME') ?? setting(text, 'SID');
  const port = setting(text, 'PORT');
  if (host === undefined || service === undefined) return undefined;
  return `${host}${port === undefined ? '' : `:${port}`}/${service}`;
};

/** The first value of that name in a descriptor. */
const setting = (text: string, name: string): string | undefined =>
  new RegExp(String.raw`\(\s*${name}\s*=\s*([^()\s]+)\s*\)`, 'i').exec(text)?.[1];

/** Whether the text is one pair of parentheses and what is between them. */
const isBalanced = (text: string): boolean => {
  let depth = 0;
  for (const [index, character] of [...text].entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 1 && index < text.length - 1) return false;
  }
  return depth === 0;
};
