/** What tells one document from others, without a clock and without chance: the same image gives the same bytes. */
import { hash } from 'node:crypto'
import type { SbomDocument } from '../document.ts'

/** Ours, in which the names of documents are unique; chosen at random once. */
const NAMESPACE = Buffer.from('d3b8f0a26c5e4b0c9a1f7e2446c1d95b', 'hex')

/** A UUID of version 5 (RFC 9562): of the subject, of stella's version, and of the digest of the packages if there is one. */
export function documentUuid(format: string, document: SbomDocument): string {
  const { subject, version, created, contentDigest } = document
  // How large layers are is another matter in an archive than in a registry, and stands in no document.
  const layers = subject.layers.map(({ diffId }) => diffId)
  const said = [format, version, timestampOf(created), contentDigest, { ...subject, layers }]
  const name = JSON.stringify(said)
  const bytes = Buffer.from(
    hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(name)]), 'hex').slice(0, 32),
    'hex',
  )
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** `2026-01-31T08:00:00Z`; null for what is no date, or needs more than four digits for its year. */
export function timestampOf(date: Date | null): string | null {
  if (date === null || Number.isNaN(date.getTime())) return null
  const text = date.toISOString()
  return /^\d{4}-/.test(text) ? text.replace(/\.\d+Z$/, 'Z') : null
}

/** A short name of a long text, as part of an id: the same for the same text, and of letters and digits. */
export function shortDigest(text: string): string {
  return hash('sha256', text.toWellFormed(), 'hex').slice(0, 20)
}

/** What of a text may stand in an id, for people to recognise it. */
export function slugOf(text: string): string {
  return text
    .slice(0, 48)
    .replaceAll(/[^A-Za-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|(?<![-.])[-.]+$/g, '')
}
