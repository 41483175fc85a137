/** Grafana's Combobox measures its options on a canvas, which jsdom does not have. */
export function standInForCanvas(): void {
  const context = { font: '', measureText: (text: string) => ({ width: 8 * text.length }) };
  Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', {
    configurable: true,
    value: () => context,
  });
}
