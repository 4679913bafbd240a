/** Less than this of a trial is none: the bound is then next to 0 or 1 as well. */
const negligible = 1e-6

/**
 * Between which bounds a share lies that was found in so many independent trials: those of Clopper and
 * Pearson (Biometrika 26, 1934), for trials that need not be whole numbers, as an effective number of
 * them is not (E. L. Korn, B. I. Graubard, Survey Methodology 24, 1998).
 * @param found between 0 and `trials`.
 * @param risk the probability, on each side, that the share lies beyond the bound.
 */
export function shareInterval(found: number, trials: number, risk: number): [least: number, most: number] {
  const rest = trials - found
  return [
    found < negligible ? 0 : betaQuantile(risk, found, rest + 1),
    rest < negligible ? 1 : betaQuantile(1 - risk, found + 1, rest),
  ]
}

/** The quantile of the beta distribution, by bisection. */
function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1]
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (betaShare(middle, a, b) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The regularized incomplete beta function (DLMF 8.17): the probability to lie below x. */
function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  // The fraction converges fast below the mean; above it the mirrored one does.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** The continued fraction of DLMF 8.17.22, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const nonZero = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    fraction *= d * c
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-12) break
  }
  return fraction
}

/** Lanczos' approximation for g = 7 (SIAM J. Numer. Anal. 1, 1964), to some 15 digits for positive arguments. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  const t = shifted + 7.5
  const sum = lanczos.reduce(
    (total, coefficient, k) => (k === 0 ? coefficient : total + coefficient / (shifted + k)),
    0,
  )
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum)
}
