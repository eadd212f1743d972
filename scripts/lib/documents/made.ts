/** Where the program makes its documents: each has its name under `schema`. */
import { relative } from 'node:path'
import {
  isAsExpression,
  isCallExpression,
  isObjectLiteralExpression,
  isPropertyAssignment,
  isStringLiteral,
  isVariableDeclaration,
  type Node,
} from 'typescript/unstable/ast'
import type { Checker, Type } from 'typescript/unstable/sync'
import { REPO } from '../repo.ts'
import { DOCUMENT_NAME, type Sources } from './program.ts'

/** A place where a document is made, or where the API says of what form it is. */
export interface Made {
  name: string
  /** What it is for; empty where nobody has said so. */
  about: string
  /** Of the API: what it says is checked by it. */
  isContract: boolean
  type: Type
  /** Path in the repository. */
  file: string
}

export function documentsMade({ program, checker, files }: Sources): Made[] {
  const found: Made[] = []
  for (const path of files) {
    const file = relative(REPO, path)
    const visit = (node: Node): void => {
      if (isStringLiteral(node) && DOCUMENT_NAME.test(node.text)) {
        const { text: name } = node
        const made = madeAt(node, checker, file)
        if (made !== null) {
          found.push(...formsOf(made.type).map((type) => ({ ...made, type, name, file })))
        }
      }
      node.forEachChild(visit)
    }
    program.getSourceFile(path)?.forEachChild(visit)
  }
  return found
}

function madeAt(node: Node, checker: Checker, file: string): Omit<Made, 'name' | 'file'> | null {
  const value = isAsExpression(node.parent) ? node.parent : node
  const { parent } = value
  if (isPropertyAssignment(parent)) return literal(parent, checker)
  // What is read is not what is made: elsewhere, a schema checks what stands in a file.
  if (!isCallExpression(parent) || !file.startsWith('src/server/')) return null
  return isPropertyAssignment(parent.parent)
    ? contract(parent.parent, checker)
    : answer(parent, checker)
}

/** `{ schema: 'stella.case/1', … }`. */
function literal(property: Node, checker: Checker): Omit<Made, 'name' | 'file'> | null {
  const type = checker.getTypeAtLocation(property.parent)
  if (type === undefined || !isObjectLiteralExpression(property.parent)) return null
  return { about: aboutOf(type, checker), isContract: false, type }
}

/** `z.object({ schema: z.literal('stella.case/1'), … })`. */
function contract(property: Node, checker: Checker): Omit<Made, 'name' | 'file'> | null {
  const shape = checker.getTypeAtLocation(property.parent)
  const type = writtenBy(checker.getTypeAtLocation(property.parent.parent), checker)
  if (shape === undefined || type === null || isLoose(type, checker)) return null
  return { about: aboutOf(shape, checker), isContract: true, type }
}

/** `answerKind('stella.case/1', { … })`. */
function answer(call: Node, checker: Checker): Omit<Made, 'name' | 'file'> | null {
  const kind = checker.getTypeAtLocation(call)
  const content = kind === undefined ? undefined : propertyType(kind, 'content', checker)
  const type = writtenBy(content, checker)
  if (type === null) return null
  const named = isVariableDeclaration(call.parent) ? call.parent.name : undefined
  const about = named && checker.getSymbolAtLocation(named)?.getDocumentationComment(checker)
  return { about: about ?? '', isContract: true, type }
}

/** What stands in JSON for a schema of Zod: the outer side of what it reads. */
function writtenBy(schema: Type | undefined, checker: Checker): Type | null {
  const inner = schema === undefined ? undefined : propertyType(schema, '_zod', checker)
  return (inner === undefined ? undefined : propertyType(inner, 'input', checker)) ?? null
}

/** A document within another, of which no more is said than that it is one. */
function isLoose(type: Type, checker: Checker): boolean {
  return checker.getIndexInfosOfType(type).length > 0
}

/** A document may have one of several forms. */
function formsOf(type: Type): readonly Type[] {
  return type.isUnionType() ? type.getTypes() : [type]
}

function aboutOf(type: Type, checker: Checker): string {
  return checker.getPropertyOfType(type, 'schema')?.getDocumentationComment(checker) ?? ''
}

function propertyType(type: Type, name: string, checker: Checker): Type | undefined {
  const property = checker.getPropertyOfType(type, name)
  return property === undefined ? undefined : checker.getTypeOfSymbol(property)
}
