/** What EventBridge Scheduler accepts: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const rate = /^rate\([1-9]\d* (minutes?|hours?|days?)\)$/;
const at = /^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/;
const cron = /^cron\((?<fields>[\w*?,/#-]+( [\w*?,/#-]+){5})\)$/;

/** Whether Scheduler would take this expression, as far as its form tells; ranges of numbers it checks itself. */
export function isSchedule(expression: string): boolean {
  const fields = cron.exec(expression)?.groups?.['fields']?.split(' ');
  if (fields === undefined) return rate.test(expression) || at.test(expression);
  // Of day of month and day of week one is given and the other is "?".
  return (fields[2] === '?') !== (fields[4] === '?');
}

/** Whether this is the name of a time zone in the IANA database, spelt as it is there. */
export function isTimeZone(name: string): boolean {
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    const misspelt = known !== name && known.toLowerCase() === name.toLowerCase();
    return /^[A-Z]/i.test(name) && !misspelt;
  } catch {
    return false;
  }
}
