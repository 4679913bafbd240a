/** An instant as the time since the run's start: `+1.234 s`. */
export function instantText(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(3)} s`
}
