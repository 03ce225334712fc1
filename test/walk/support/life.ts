/** Whether an execution environment lives. When it is killed, it reaches nothing any more: no array, no bucket, no log. */
export class Life {
  isOver = false;

  /** To be asked before anything that reaches out. */
  require(): void {
    if (this.isOver) throw new Error('This execution environment was killed.');
  }
}
