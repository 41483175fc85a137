import { heartbeatSecondsOf } from './broker-connection.js';

describe('heartbeat of a broker connection', () => {
  it('is ours, unless the address says otherwise or leaves it to the broker', () => {
    expect(heartbeatSecondsOf('amqp://rabbit:5672/')).toBe(10);
    expect(heartbeatSecondsOf('amqp://rabbit:5672/?heartbeat=2')).toBe(2);
    expect(heartbeatSecondsOf('amqp://rabbit:5672/?heartbeat=0')).toBe(60);
  });
});
