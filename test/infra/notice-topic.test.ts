import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { settingsIn, templateFor, templateWith } from './support/synthesis.ts';

const template = templateWith();

describe('the topic', () => {
  it('takes nothing that does not come over TLS, and lets alarms of this account publish', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sns:Publish',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          {
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: { Ref: Match.stringLikeRegexp('^Notices[0-9A-F]{8}$') },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
    template.resourceCountIs('AWS::SNS::Topic', 1);
  });

  it('asks those by mail who are in the settings, and nobody where there are none', () => {
    const everything = settingsIn('everything');
    const subscriptions = Object.values(
      templateFor(everything).findResources('AWS::SNS::Subscription'),
    ).map(({ Properties }) => Properties);

    expect(everything.notifications.emails.length).toBeGreaterThan(1);
    expect(subscriptions).toEqual(
      everything.notifications.emails.map((Endpoint) => ({
        Endpoint,
        Protocol: 'email',
        TopicArn: { Ref: expect.stringMatching(/^Notices/) },
      })),
    );
    template.resourceCountIs('AWS::SNS::Subscription', 0);
  });
});
