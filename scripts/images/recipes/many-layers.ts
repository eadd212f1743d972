import { layerOf, written } from '../image.ts'
import type { Layer, Recipe } from '../image.ts'
import { OS_RELEASE, dpkgStatus, npmPackage } from '../packages.ts'
import type { Entry } from '../tar.ts'

const LAYERS = 130
const FOLDERS = 7

/** Each layer adds, replaces or removes: files, folders, folders that start anew, links. */
export const MANY_LAYERS: Recipe = {
  about: `${LAYERS} layers, each adds, replaces or removes`,
  forms: ['oci', 'docker'],
  make: async () => {
    const { layers, visible } = grown()
    return {
      layers,
      truth: written({ deb: ['bash@5.2.15-2+b7'], npm: visible }),
    }
  },
}

/** What there is, by its folder and name, kept beside the layers as a file system would. */
function grown(): { layers: readonly Layer[]; visible: readonly string[] } {
  const there = new Map<string, string>()
  const layers: Layer[] = [layerOf('base', () => [OS_RELEASE, dpkgStatus({ bash: '5.2.15-2+b7' })])]
  for (let step = 1; step < LAYERS; step++) {
    const { entries, says } = stepOf(step, there)
    layers.push(layerOf(says, () => entries))
  }
  return { layers, visible: [...new Set(there.values())] }
}

function stepOf(
  step: number,
  there: Map<string, string>,
): { entries: readonly Entry[]; says: string } {
  const folder = `srv/${step % FOLDERS}`
  const name = `part-${step}`
  const own = put(there, folder, name, `1.0.${step}`)
  const first = [...there.keys()].find((key) => key.startsWith(`${folder}\t`)) ?? ''
  const [, oldName = name] = first.split('\t')
  const modules = `${folder}/node_modules`
  switch (step % 6) {
    case 1: {
      const entries = [own, put(there, folder, oldName, `2.0.${step}`)]
      return { says: `replace ${oldName}`, entries: oldName === name ? entries.slice(1) : entries }
    }
    case 2:
      if (oldName === name) return { says: 'add', entries: [own] }
      there.delete(first)
      return {
        says: `remove ${oldName}`,
        entries: [own, { path: `${modules}/.wh.${oldName}`, body: '' }],
      }
    case 3: {
      for (const key of there.keys()) if (key.startsWith(`${folder}\t`)) there.delete(key)
      const again = put(there, folder, name, `1.0.${step}`)
      return {
        says: `start ${folder} anew`,
        entries: [
          { path: folder, kind: 'folder' },
          { path: `${folder}/.wh..wh..opq`, body: '' },
          again,
        ],
      }
    }
    case 4:
      return {
        says: 'links that lead nowhere and round',
        entries: [
          own,
          { path: `${modules}/round`, kind: 'symbolic-link', target: '../node_modules/round' },
          { path: `${modules}/nowhere`, kind: 'symbolic-link', target: '/not/there' },
        ],
      }
    case 5: {
      const other = `srv/${(step + 1) % FOLDERS}`
      for (const key of there.keys()) if (key.startsWith(`${other}\t`)) there.delete(key)
      return {
        says: `remove ${other}`,
        entries: [own, { path: `srv/.wh.${(step + 1) % FOLDERS}`, body: '' }],
      }
    }
    default:
      return { says: 'add', entries: [own] }
  }
}

function put(there: Map<string, string>, folder: string, name: string, version: string): Entry {
  there.set(`${folder}\t${name}`, `${name}@${version}`)
  return npmPackage(folder, name, version)
}
