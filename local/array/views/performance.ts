import type { JsonObject } from '../rest/json.ts';
import type { Volume } from '../store/model.ts';

/** An Oracle block: what a read or a write is worth here. */
const BYTES_PER_OP = 8192;
const USEC_PER_OP = 250;

/** Makes the view of a volume's load: the schema `ResourcePerformance`, without what it says about mirrored writes. */
export const performanceView =
  (now: number) =>
  ({ id, name, performance }: Volume): JsonObject => {
    const { reads_per_sec, writes_per_sec } = performance;
    const whenBusy = (rate: number, value: number) => (rate > 0 ? value : 0);
    return {
      id,
      name,
      time: now,
      reads_per_sec,
      writes_per_sec,
      read_bytes_per_sec: reads_per_sec * BYTES_PER_OP,
      write_bytes_per_sec: writes_per_sec * BYTES_PER_OP,
      bytes_per_op: whenBusy(reads_per_sec + writes_per_sec, BYTES_PER_OP),
      bytes_per_read: whenBusy(reads_per_sec, BYTES_PER_OP),
      bytes_per_write: whenBusy(writes_per_sec, BYTES_PER_OP),
      usec_per_read_op: whenBusy(reads_per_sec, USEC_PER_OP),
      usec_per_write_op: whenBusy(writes_per_sec, USEC_PER_OP),
    };
  };
