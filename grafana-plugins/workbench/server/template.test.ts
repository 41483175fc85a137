import { expandProvisionedText, expandProvisionedValue, renderRouteTemplate } from './template.js';

const sources = {
  environment: { METRICS: 'http://metrics:4320', KEY: 'cdk_1' },
  readFile: (path: string) => `content of ${path}\n`,
};

describe('expandProvisionedText', () => {
  it.each([
    ['${METRICS}/v1', 'http://metrics:4320/v1'],
    ['$METRICS/v1', 'http://metrics:4320/v1'],
    ['$__env{KEY}', 'cdk_1'],
    ['$__file{/run/secrets/key}', 'content of /run/secrets/key'],
    ['price: $$5', 'price: $5'],
    ['no variables', 'no variables'],
  ])('reads %s as Grafana does', (text, expected) => {
    expect(expandProvisionedText(text, sources)).toBe(expected);
  });

  it('makes a variable that is not set empty, and does not expand what a variable holds', () => {
    expect(expandProvisionedText('[${MISSING}]', sources)).toBe('[]');
    const nested = { ...sources, environment: { OUTER: '${KEY}', KEY: 'secret' } };
    expect(expandProvisionedText('${OUTER}', nested)).toBe('${KEY}');
  });

  it('reaches every string of a value and leaves the rest alone', () => {
    const value = { url: '${METRICS}', list: ['$KEY', 1], flag: true, nothing: null };
    expect(expandProvisionedValue(value, sources)).toEqual({
      url: 'http://metrics:4320',
      list: ['cdk_1', 1],
      flag: true,
      nothing: null,
    });
  });
});

describe('renderRouteTemplate', () => {
  const data = {
    url: 'http://base',
    jsonData: { metricsUrl: 'http://metrics', retries: 3, nested: { deep: true } },
    secureJsonData: { apiKey: 'cdk_1' },
  };

  it.each([
    ['{{ .JsonData.metricsUrl }}/v1', 'http://metrics/v1'],
    ['{{.JsonData.metricsUrl}}', 'http://metrics'],
    ['{{- .JsonData.retries -}}', '3'],
    ['Bearer {{ .SecureJsonData.apiKey }}', 'Bearer cdk_1'],
    ['{{ .URL }}', 'http://base'],
  ])('renders %s', (template, expected) => {
    expect(renderRouteTemplate(template, data)).toBe(expected);
  });

  it('renders what is missing or no plain value as nothing', () => {
    expect(
      renderRouteTemplate('[{{ .JsonData.other }}{{ .SecureJsonData.other }}{{ .JsonData.nested }}]', data),
    ).toBe('[]');
  });

  it('gives no access to what objects inherit', () => {
    expect(renderRouteTemplate('{{ .JsonData.constructor }}{{ .SecureJsonData.toString }}', data)).toBe('');
  });
});
