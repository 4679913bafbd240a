/**
 * The file in which k6 finds the schedule of a load, beside the plan's own: 64-bit floats as the machine
 * writes them. Working it out inside k6 would take each of its virtual users a second for 200,000 requests.
 */
export function scheduleFile(planPath: string, load: number): string {
  return `${planPath}.l${load}`
}
