interface Known {
  value: string;
  label?: string;
}

/**
 * What someone means who types into a list and presses Enter. Grafana puts "use custom value" before every other choice, so
 * "agent runs" would be a KPI of that name where "Agent runs" is one.
 *
 * @returns the value of the choice that is called so, whatever the case, or the only one that holds the text; otherwise the
 * text itself, as with a variable in it
 */
export function typedChoice(typed: string, known: readonly Known[]): string {
  if (typed.includes('$') || known.some(({ value }) => value === typed)) {
    return typed;
  }
  const text = typed.trim().toLowerCase();
  const names = ({ value, label = value }: Known) => [value.toLowerCase(), label.toLowerCase()];
  const called = known.find((choice) => names(choice).includes(text));
  const holding = known.filter((choice) => names(choice).some((name) => name.includes(text)));
  const only = holding.length === 1 ? holding[0] : undefined;
  return (called ?? only)?.value ?? typed;
}
