import { styleText } from 'node:util'
import type { CliIo } from '../context.ts'

/** Colours of a terminal, or none. Text is wrapped before it is painted, so that widths hold. */
export interface Paint {
  bold(text: string): string
  dim(text: string): string
  bad(text: string): string
  good(text: string): string
}

type Style = Parameters<typeof styleText>[0]

/** Colours only on a terminal, and only where neither the option, NO_COLOR (no-color.org) nor TERM=dumb forbids them. */
export function paintFor(io: CliIo, noColor: boolean): Paint {
  const forbidden = noColor || (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb'
  return io.terminal === null || forbidden ? PLAIN : COLOURS
}

function plain(text: string): string {
  return text
}

export const PLAIN: Paint = { bold: plain, dim: plain, bad: plain, good: plain }

const COLOURS: Paint = {
  bold: style('bold'),
  dim: style('dim'),
  bad: style(['bold', 'red']),
  good: style(['bold', 'green']),
}

function style(format: Style): (text: string) => string {
  return (text) => styleText(format, text, { validateStream: false })
}
