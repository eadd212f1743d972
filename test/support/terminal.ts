/** A terminal that understands what a full-screen program sends, and remembers what it would show. */
export interface TestTerminal {
  write(text: string): void
  /** Rows as they stand, without blanks at their ends. */
  lines(): string[]
  readonly isAlternate: boolean
  readonly cursorShown: boolean
  readonly wraps: boolean
  /** What it was sent that does not fit on it, or that it does not understand. */
  readonly faults: readonly string[]
}

// oxlint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[([?\d;]*)([A-Za-z])|[\r\n]|[^\u001b\r\n]/gu

/** A sequence whose end comes with the next piece. */
// oxlint-disable-next-line no-control-regex
const BEGINNING = /\u001b(?:\[[?\d;]*)?$/

export function testTerminal(columns: number, rows: number): TestTerminal {
  const blank = (): string[][] => Array.from({ length: rows }, () => Array(columns).fill(' '))
  const screens = { main: blank(), alternate: blank() }
  const state = { isAlternate: false, cursorShown: true, wraps: true, x: 0, y: 0 }
  const saved = { x: 0, y: 0 }
  const faults: string[] = []
  let begun = ''
  const grid = (): string[][] => (state.isAlternate ? screens.alternate : screens.main)

  function control(parameters: string, letter: string): void {
    const numbers = parameters.split(';').map(Number)
    if (letter === 'H') {
      state.y = (numbers[0] || 1) - 1
      state.x = (numbers[1] || 1) - 1
      if (state.y >= rows || state.x >= columns) faults.push(`moved to ${parameters}`)
    } else if (letter === 'K') grid()[state.y]?.fill(' ', parameters === '2' ? 0 : state.x)
    else if (letter === 'J') {
      const from = parameters === '2' ? 0 : state.y
      for (const row of grid().slice(from)) row.fill(' ')
    } else if (parameters === '?1049') switchScreen(letter === 'h')
    else if (parameters === '?25') state.cursorShown = letter === 'h'
    else if (parameters === '?7') state.wraps = letter === 'h'
    else if (letter !== 'm') faults.push(`unknown sequence ${parameters}${letter}`)
  }

  /** The cursor comes back where it was, as the screen does. */
  function switchScreen(toAlternate: boolean): void {
    if (toAlternate) Object.assign(saved, { x: state.x, y: state.y })
    else Object.assign(state, saved)
    state.isAlternate = toAlternate
  }

  function put(character: string): void {
    if (character === '\r') state.x = 0
    else if (character === '\n') {
      if (state.isAlternate) faults.push('a line feed on the full screen')
      if (state.y < rows - 1) state.y++
      else
        grid().push(
          ...grid()
            .splice(0, 1)
            .map(() => Array<string>(columns).fill(' ')),
        )
    } else {
      const row = grid()[state.y]
      if (state.isAlternate && state.x >= columns) faults.push(`row ${state.y + 1} is too long`)
      if (row !== undefined && state.x < columns) row[state.x] = character
      state.x++
    }
  }

  return {
    write(piece) {
      const all = begun + piece
      begun = BEGINNING.exec(all)?.[0] ?? ''
      const text = all.slice(0, all.length - begun.length)
      for (const [sign, parameters, letter] of text.matchAll(SEQUENCE)) {
        if (letter === undefined) put(sign)
        else control(parameters ?? '', letter)
      }
    },
    lines: () => grid().map((row) => row.join('').trimEnd()),
    get isAlternate() {
      return state.isAlternate
    },
    get cursorShown() {
      return state.cursorShown
    },
    get wraps() {
      return state.wraps
    },
    faults,
  }
}
