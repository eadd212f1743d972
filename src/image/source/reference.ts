import { usageError } from '../../model/errors.ts'
import type { ImageReference } from '../../model/image.ts'
import { parseRegistryName } from './registry-name.ts'

/** For help texts. */
export const IMAGE_FORMS =
  'docker:NAME, podman:NAME, registry:NAME, docker-archive:PATH, oci:PATH[:TAG], oci-archive:PATH, dir:PATH, - or a bare name or path'

/**
 * Reads what the user named.
 *
 * @throws StellaError 2
 */
export function parseImageReference(text: string): ImageReference {
  if (text === '-') return { kind: 'stdin' }
  const colon = text.indexOf(':')
  const prefix = colon === -1 ? '' : text.slice(0, colon)
  const rest = text.slice(colon + 1)
  switch (prefix) {
    case 'docker':
    case 'podman':
      // A port is a number: docker:5000/app is a registry's, and docker:27 an image named docker.
      if (/^\d+(?:$|\/)/.test(rest) && prefix === 'docker') break
      return { kind: 'engine', engine: prefix, name: named(rest, text) }
    case 'docker-archive':
    case 'oci':
    case 'oci-archive':
      return { kind: prefix, place: named(rest, text) }
    case 'registry':
      return { kind: 'registry', name: parseRegistryName(named(rest, text)) }
    case 'dir':
      return { kind: 'dir', path: named(rest, text) }
    default:
  }
  return { kind: 'bare', text: named(text, text) }
}

function named(rest: string, whole: string): string {
  // A name that begins with a dash would be an option of the programs that we ask.
  if (rest !== '' && !rest.startsWith('-') && !rest.includes('\0')) return rest
  throw usageError('no image is named', whole.slice(0, 200), `write it as one of ${IMAGE_FORMS}`)
}
