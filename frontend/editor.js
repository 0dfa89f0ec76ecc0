// The one bundle of CodeMirror parts the script editor uses; everything else is shaken out.
export { acceptCompletion, autocompletion, completionStatus, startCompletion } from "@codemirror/autocomplete";
export { defaultKeymap, history, historyKeymap, temporarilySetTabFocusMode } from "@codemirror/commands";
export { openSearchPanel, search, searchKeymap } from "@codemirror/search";
export { Annotation, EditorState, RangeSetBuilder } from "@codemirror/state";
export { Decoration, drawSelection, EditorView, keymap, placeholder, ViewPlugin } from "@codemirror/view";
