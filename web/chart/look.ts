import { colourOf } from '../shell/theme.ts'

export const FONT = '12px ui-sans-serif, system-ui, sans-serif'

/** How the axes of all plots look, in the colours of now. */
export function axisLook() {
  return {
    stroke: colourOf('--muted'),
    font: FONT,
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { show: false },
  }
}
