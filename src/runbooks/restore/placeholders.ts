/** What a page took for a tag and left out: `<image-ref>` in a command. It comes back as a parameter. */

/** Commands of ours that want an image where none stands, and options of theirs that want one. */
const WANTS_IMAGE = /^\s*(?:\$ )?stella image (?:inspect|layers)(?= -|$| \|)/
const EMPTY_OPTION = /(--image)(?= --|$| \|)/g
const ANGLES = /<([A-Za-z][A-Za-z0-9 _-]{0,30})>/g

export interface RestoredCommand {
  command: string
  /** Names of parameters that came back. */
  restored: readonly string[]
}

export function restorePlaceholders(command: string): RestoredCommand {
  const restored = new Set<string>()
  const image = (): string => {
    restored.add('image')
    return '${image}'
  }
  const text = command
    .replace(WANTS_IMAGE, (found) => `${found} ${image()}`)
    .replaceAll(EMPTY_OPTION, (found) => `${found} ${image()}`)
    .replaceAll(ANGLES, (_, name: string) => {
      const param = paramName(name)
      restored.add(param)
      return `\${${param}}`
    })
  return { command: text, restored: [...restored] }
}

/** `image-ref` is an image, `container_name` a container. */
function paramName(name: string): string {
  const words = name
    .trim()
    .toLowerCase()
    .split(/[ _-]+/)
  const [first = 'value', second] = words
  if (second === undefined || ['ref', 'name', 'id'].includes(second)) return first
  return words
    .map((word, at) => (at === 0 ? word : (word[0] ?? '').toUpperCase() + word.slice(1)))
    .join('')
}
