import { type ContentIds, cutNote, rootOf, type StoredTree } from './stored-node.ts';

/** A text by its lines; of a form, each is a field, and its place has the field's name. */
export function readLines(stored: string, ids: ContentIds, isForm: boolean): StoredTree {
  const isCut = stored.endsWith(cutNote);
  const text = isCut ? stored.slice(0, -cutNote.length) : stored;
  const lines = text.split(/\r?\n/).map((head, index) => {
    const field = isForm ? head.slice(0, Math.max(0, head.indexOf('='))) : '';
    const step = isForm ? field : String(index);
    return {
      step,
      head,
      children: [],
      below: 'elements' as const,
      sort: field,
      id: ids.of(`#${head}`),
      separator: '' as const,
    };
  });
  return { root: rootOf(lines, ids), isCut };
}
