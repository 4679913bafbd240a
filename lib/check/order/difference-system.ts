/** `value[to] >= value[from] + least`: one instant comes at least so much after another. */
export type Constraint = readonly [from: number, to: number, least: number]

/**
 * A system of difference constraints over whole microseconds, with an upper bound for each variable.
 * It holds the least solution at all times: every variable is as early as the constraints allow.
 * Constraints are added and taken back in the order of a stack.
 *
 * Adding one costs as much as variables have to move for it. A system without a solution is
 * recognised when a variable passes its upper bound, or when moving what a constraint moves comes
 * round to where the constraint starts (a cycle of constraints that adds up to more than nothing).
 */
export class DifferenceSystem {
  private readonly least: number[] = []
  private readonly most: number[] = []
  private readonly outgoing: Constraint[][] = []
  private readonly added: number[] = []
  /** How often constraints were looked at so far: what all the adding cost. */
  looked = 0
  private readonly moved: { variable: number; before: number }[] = []

  /** Adds a variable within [leastUs, mostUs]. Returns its number. */
  variable(leastUs: number, mostUs: number): number {
    this.least.push(leastUs)
    this.most.push(mostUs)
    this.outgoing.push([])
    return this.least.length - 1
  }

  /** The earliest value that a variable can have. */
  earliest(variable: number): number {
    return this.least[variable] as number
  }

  /** The upper bound that a variable was given. */
  bound(variable: number): number {
    return this.most[variable] as number
  }

  /** Where the stack stands now; give it to `takeBack`. */
  mark(): { constraints: number; moves: number } {
    return { constraints: this.added.length, moves: this.moved.length }
  }

  /** Takes back all that was added since a mark. */
  takeBack(mark: { constraints: number; moves: number }): void {
    while (this.added.length > mark.constraints) this.outgoing[this.added.pop() as number]?.pop()
    while (this.moved.length > mark.moves) {
      const { variable, before } = this.moved.pop() as { variable: number; before: number }
      this.least[variable] = before
    }
  }

  /** Can a constraint by itself be met, given what is known now? */
  admits([from, to, by]: Constraint): boolean {
    return (this.least[from] as number) + by <= (this.most[to] as number)
  }

  /** Adds a constraint. `false` where there is no solution any more: then it has to be taken back. */
  add(constraint: Constraint): boolean {
    const [from, to, by] = constraint
    if (from === to) return by <= 0
    this.outgoing[from]?.push(constraint)
    this.added.push(from)
    if (!this.raise(to, (this.least[from] as number) + by)) return false
    const queue = this.least[to] === (this.least[from] as number) + by ? [to] : []
    for (let head = 0; head < queue.length; head++) {
      const variable = queue[head] as number
      const at = this.least[variable] as number
      for (const [, next, distance] of this.outgoing[variable] as Constraint[]) {
        this.looked++
        if (at + distance <= (this.least[next] as number)) continue
        if (next === from || !this.raise(next, at + distance)) return false
        queue.push(next)
      }
    }
    return true
  }

  private raise(variable: number, toUs: number): boolean {
    const before = this.least[variable] as number
    if (toUs <= before) return true
    this.moved.push({ variable, before })
    this.least[variable] = toUs
    return toUs <= (this.most[variable] as number)
  }
}
