/** By this OnCall puts all alerts of one integration and run into one alert group. */
export function alertUid(runId: string, descriptor: string): string {
  return `onset-${runId}-${descriptor}`
}

/** What an alert is, in the line that people see of it first. */
export function alertTitle(runId: string): string {
  return `Load test by Onset, run ${runId}: no action needed`
}

/** Is this the title of an alert of that run? A template may have put something around it. */
export function isTitleOf(title: string, runId: string): boolean {
  return title.includes(alertTitle(runId))
}

/** What an alert says to whoever reads it: first by which request it came, then what that is about. */
export function alertMessage(runId: string, descriptor: string): string {
  return `Request {request} through integration ${descriptor} of run ${runId}. This is no incident and nobody has to act: somebody has Onset send many of these, to find out where a rate limit begins. The alert group is resolved after the run.`
}
