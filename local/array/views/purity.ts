/** What the arrays say that they run: no Purity release, so that nobody takes one for a real array. */
export const SIMULATED_PURITY = '99.9.0';
