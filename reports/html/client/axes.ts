import type uPlot from 'uplot'
import { currentColors } from './colors.ts'

/** The look of an axis, in the colours that are in effect when it is drawn. */
export function axis(label: string, more: Partial<uPlot.Axis>): uPlot.Axis {
  return {
    label,
    labelSize: 18,
    labelGap: 0,
    labelFont: '12px system-ui, sans-serif',
    font: '12px system-ui, sans-serif',
    stroke: () => currentColors().faint,
    grid: { stroke: () => currentColors().grid, width: 1 },
    ticks: { stroke: () => currentColors().grid, width: 1, size: 4 },
    ...more,
  }
}

/** Seconds since the run's start, as exact as the distance between two ticks asks for. */
export function secondsTicks(_: uPlot, splits: number[]): string[] {
  const gap = splits.length > 1 ? Math.abs((splits[1] as number) - (splits[0] as number)) : 1
  const decimals = decimalsOf(gap)
  return splits.map((seconds) => (gap >= 60 ? clockText(seconds) : `${seconds.toFixed(decimals)}`))
}

/** How many decimals it takes to write a distance in full: 2 for 0.25. */
function decimalsOf(gap: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    const units = gap * 10 ** decimals
    if (Math.abs(units - Math.round(units)) < 1e-6 * units) return decimals
  }
  return 6
}

function clockText(seconds: number): string {
  const whole = Math.round(Math.abs(seconds))
  const rest = String(whole % 60).padStart(2, '0')
  return `${seconds < 0 ? '−' : ''}${Math.floor(whole / 60)}:${rest}`
}

/** Milliseconds on a logarithmic scale: only those ticks are named that have room. */
export function logTicks(_: uPlot, splits: (number | null)[]): string[] {
  return splits.map((value) => {
    if (value === null || value === undefined) return ''
    const leading = Number(value.toExponential(0).split('e')[0])
    return leading === 1 || leading === 2 || leading === 5 ? String(Number(value.toPrecision(1))) : ''
  })
}
