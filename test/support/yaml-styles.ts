import fc from 'fast-check'

/** A document whose one piece is of interest: how it is written is a matter of style. */
export type Tree = string | readonly Tree[] | { readonly [name: string]: Tree }

/** How somebody may write a YAML file. */
export interface Style {
  /** Columns of each level. */
  indent: number
  /** Dashes stand further right than their key. */
  isListIndented: boolean
  /** Braces and brackets from the third level on. */
  isFlow: boolean
  quote: '' | '"' | "'"
  /** Before the piece. */
  anchor: '' | '&it '
  comment: string
  newline: '\n' | '\r\n'
  hasMark: boolean
  /** Another document before, and a comment. */
  isSecond: boolean
}

export const STYLES: fc.Arbitrary<Style> = fc.record({
  indent: fc.constantFrom(1, 2, 4, 7),
  isListIndented: fc.boolean(),
  isFlow: fc.boolean(),
  quote: fc.constantFrom('', '"', "'"),
  anchor: fc.constantFrom('', '&it '),
  comment: fc.constantFrom('', ' # why', ' # "a: [b', '   # 256m 512Mi'),
  newline: fc.constantFrom('\n', '\r\n'),
  hasMark: fc.boolean(),
  isSecond: fc.boolean(),
})

/** The document as it is written in a style; the piece stands in `{ piece: 'text' }`. */
export function inStyle(tree: Tree, style: Style): string {
  const before = style.isSecond ? ['# first', 'ä: 1', '---'] : ['# ä']
  const lines = [...before, ...blockOf(tree, style, 0), '']
  return (style.hasMark ? '\uFEFF' : '') + lines.join(style.newline)
}

const FLOW_FROM = 2

function blockOf(tree: Tree, style: Style, level: number): string[] {
  const scalar = scalarOf(tree, style)
  if (scalar !== null) return [scalar]
  if (isList(tree)) return tree.flatMap((item) => itemOf(item, style, level))
  if (typeof tree === 'string') return [tree]
  return Object.entries(tree).flatMap(([key, value]) => {
    const inline = scalarOf(value, style)
    if (inline !== null) return [`${key}: ${inline}${commentOf(value, style)}`]
    if (style.isFlow && level >= FLOW_FROM) return [`${key}: ${flowOf(value, style)}`]
    const isBare = isList(value) && !style.isListIndented
    const by = ' '.repeat(isBare ? 0 : style.indent)
    return [`${key}:`, ...blockOf(value, style, level + 1).map((line) => by + line)]
  })
}

function itemOf(item: Tree, style: Style, level: number): string[] {
  const inline = scalarOf(item, style)
  if (inline !== null) return [`- ${inline}${commentOf(item, style)}`]
  const [first = '', ...rest] = blockOf(item, style, level + 1)
  return [`- ${first}`, ...rest.map((line) => `  ${line}`)]
}

/** Everything on one line. */
function flowOf(tree: Tree, style: Style): string {
  const scalar = scalarOf(tree, style)
  if (scalar !== null) return scalar
  if (isList(tree)) return `[${tree.map((item) => flowOf(item, style)).join(', ')}]`
  if (typeof tree === 'string') return tree
  const pairs = Object.entries(tree).map(([key, value]) => `${key}: ${flowOf(value, style)}`)
  return `{ ${pairs.join(', ')} }`
}

function scalarOf(tree: Tree, { quote, anchor }: Style): string | null {
  if (typeof tree === 'string') return tree
  const piece = pieceOf(tree)
  return piece === null ? null : `${anchor}${quote}${piece}${quote}`
}

function commentOf(tree: Tree, { comment }: Style): string {
  return pieceOf(tree) === null ? '' : comment
}

function pieceOf(tree: Tree): string | null {
  if (typeof tree === 'string' || isList(tree) || !('piece' in tree)) return null
  const { piece } = tree
  return typeof piece === 'string' ? piece : null
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree)
}
