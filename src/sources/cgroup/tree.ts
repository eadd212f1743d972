import { readdirSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import type { Reader } from '../reader.ts'
import { folderOf } from './hierarchy.ts'
import type { MemoryHierarchy } from './hierarchy.ts'

/** One group of the tree: the same object in each round as long as it lives, and another one once it was made anew. */
export interface TreeGroup {
  /** Inside the hierarchy: `/docker/4f…`. */
  readonly path: string
  /** Its folder on this machine, with the reader's root. */
  readonly folder: string
  readonly parent: TreeGroup | null
}

export interface GroupTree {
  /** Looks at the tree again. Never throws: what cannot be listed has no groups below it. */
  refresh(): {
    /** Every group that is there, each after the one above it. */
    groups: readonly TreeGroup[]
    /** True where there are more than may be told. */
    capped: boolean
  }
}

interface Node extends TreeGroup {
  readonly inode: number
  /** Links of the folder when it was last listed. */
  links: number
  /** By name; null: listed, and not looked at yet. */
  children: Map<string, Node | null>
}

/**
 * The groups of a hierarchy from its mount point down, found again in each round with one stat for each group.
 *
 * A folder of cgroupfs has two links and one more for each group in it (kernfs_refresh_inode in fs/kernfs/inode.c), so it
 * is listed only where that number changed, or where a group in it went away and another may have come in its place.
 * Its time of change is no help: kernfs keeps one only where somebody set an attribute (kernfs_add_one in fs/kernfs/dir.c).
 */
export function openTree(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  options: { maxGroups: number },
): GroupTree {
  let root: Node | null = null
  let found: Node[] = []
  let capped = false

  function refresh(): ReturnType<GroupTree['refresh']> {
    found = []
    capped = false
    const folder = folderOf(hierarchy, hierarchy.mountRoot)
    if (folder !== null) {
      root = visit(root, null, hierarchy.mountRoot, join(reader.root, folder))
    }
    return { groups: found, capped }
  }

  /** What is at a folder now: the group that is known, another one, or nothing. */
  function visit(
    known: Node | null,
    parent: Node | null,
    path: string,
    folder: string,
  ): Node | null {
    const stat = statOf(folder)
    if (stat === null) return null
    const { ino: inode, nlink: links } = stat
    const group =
      known?.inode === inode
        ? known
        : { path, folder, parent, inode, links: NOT_LISTED, children: new Map() }
    found.push(group)
    // File systems that do not count folders say 1.
    const listed = group.links !== links || links < 2
    if (listed) list(group, links)
    group.links = links
    const allThere = visitChildren(group)
    if (!allThere && !listed) {
      list(group, links)
      visitChildren(group, (child) => child === null)
    }
    return group
  }

  /** False where one of them is not there any more. */
  function visitChildren(
    group: Node,
    wanted: (child: Node | null) => boolean = () => true,
  ): boolean {
    let allThere = true
    for (const [name, known] of group.children) {
      if (!wanted(known)) continue
      if (found.length >= options.maxGroups) {
        capped = true
        return true
      }
      const path = group.path === '/' ? `/${name}` : `${group.path}/${name}`
      const child = visit(known, group, path, `${group.folder}/${name}`)
      if (child === null) {
        group.children.delete(name)
        group.links = NOT_LISTED
        allThere = false
      } else if (child !== known) group.children.set(name, child)
    }
    return allThere
  }

  return { refresh }
}

const NOT_LISTED = -1

function list(group: Node, links: number): void {
  const names = links === 2 ? [] : foldersIn(group.folder)
  group.children = new Map(names.map((name) => [name, group.children.get(name) ?? null]))
}

function statOf(folder: string): Stats | null {
  try {
    return statSync(folder, { throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  } catch {
    return []
  }
}
