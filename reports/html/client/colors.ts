/** The colours of plots, by the names that the style sheet gives them. */
export interface Colors {
  ink: string
  faint: string
  grid: string
  edge: string
  edgeFill: string
  panel: string
  proof: string
  proofFill: string
  possibleFill: string
  /** In the order of the outcomes' numbers: accepted, limited, unknown. */
  outcomes: readonly [string, string, string]
}

/** The colours that are in effect now: light, dark, or those of print. */
export function currentColors(): Colors {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    ink: of('ink'),
    faint: of('faint'),
    grid: of('grid'),
    edge: of('edge'),
    edgeFill: of('edge-fill'),
    panel: of('panel'),
    proof: of('proof'),
    proofFill: of('proof-fill'),
    possibleFill: of('possible-fill'),
    outcomes: [of('accepted'), of('limited'), of('unknown')],
  }
}
