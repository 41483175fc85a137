import { createDatasourceStore, describeSettings } from './datasource-store.js';

const provisioned = {
  uid: 'coditect',
  name: 'CODITECT',
  type: 'coditect-analytics-datasource',
  url: '',
  isDefault: true,
  jsonData: { metricsUrl: 'http://metrics' },
  secureJsonData: { apiKey: 'cdk_old' },
};

describe('createDatasourceStore', () => {
  it('keeps a secret that was not typed anew', () => {
    const store = createDatasourceStore([provisioned]);
    store.update('coditect', {
      jsonData: { metricsUrl: 'http://other' },
      secureJsonFields: { apiKey: true },
    });
    expect(store.find('coditect')).toMatchObject({
      jsonData: { metricsUrl: 'http://other' },
      secureJsonData: { apiKey: 'cdk_old' },
    });
  });

  it('takes a new secret and forgets one that was reset', () => {
    const store = createDatasourceStore([provisioned]);
    store.update('coditect', { secureJsonData: { apiKey: 'cdk_new' }, secureJsonFields: { apiKey: false } });
    expect(store.find('coditect')?.secureJsonData).toEqual({ apiKey: 'cdk_new' });
    store.update('coditect', { secureJsonFields: { apiKey: false } });
    expect(store.find('coditect')?.secureJsonData).toEqual({});
  });

  it('does not make up a data source that is not provisioned', () => {
    expect(createDatasourceStore([provisioned]).update('other', { name: 'x' })).toBeUndefined();
  });

  it('never tells the value of a secret', () => {
    const described = describeSettings(provisioned, 1);
    expect(JSON.stringify(described)).not.toContain('cdk_old');
    expect(described).toMatchObject({ secureJsonFields: { apiKey: true } });
  });
});
