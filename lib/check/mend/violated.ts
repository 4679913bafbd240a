/** Those of a number of things that are not as they have to be, with weights that say how long that has been hard. */
export class Violated {
  /** The sum of their weights. */
  weight = 0
  private readonly weights: Float64Array
  private readonly list: number[] = []
  /** Places in the list, from 1; 0 for those that are as they have to be. */
  private readonly places: Uint32Array

  constructor(count: number) {
    this.weights = new Float64Array(count).fill(1)
    this.places = new Uint32Array(count)
  }

  get size(): number {
    return this.list.length
  }

  has(i: number): boolean {
    return this.places[i] !== 0
  }

  /** One of them; a number from 0 to 1 says which. */
  pick(share: number): number {
    return this.list[Math.floor(share * this.list.length)] as number
  }

  set(i: number, isViolated: boolean): void {
    const place = this.places[i] as number
    if (isViolated === place > 0) return
    if (isViolated) {
      this.places[i] = this.list.push(i)
      this.weight += this.weights[i] as number
      return
    }
    this.weight -= this.weights[i] as number
    this.places[i] = 0
    const last = this.list.pop() as number
    if (last === i) return
    this.list[place - 1] = last
    this.places[last] = place
  }

  /** Makes one of them weigh more. */
  weigh(i: number): void {
    this.weights[i] = (this.weights[i] as number) + 1
    this.weight++
  }
}
