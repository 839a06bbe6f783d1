using CsCheck;
using Veltrix.Gateway.Hunts;
using Veltrix.Gateway.Sessions;
using Veltrix.Protocol;

namespace Veltrix.Gateway.Tests;

public sealed class PartsTests
{
    [Fact]
    public void AnswerRing_AnyOrderOfAddsAndConfirms_KeepsWhatAListWould() =>
        Gen.Int[0, 40].List[0, 200].Sample(steps =>
        {
            var ring = new AnswerRing();
            var kept = new List<(ulong Sequence, Answer Answer)>();
            ulong newest = 0;
            foreach (var step in steps)
            {
                if (step < 30)
                {
                    for (var i = 0; i <= step; i++)
                    {
                        var answer = Answer.Dug((long)++newest, 1);
                        ring.Add(answer);
                        kept.Add((newest, answer));
                    }
                }
                else
                {
                    var confirmed = newest - Math.Min(newest, (ulong)(step - 30) * 5);
                    ring.Confirm(confirmed);
                    kept.RemoveAll(one => one.Sequence <= confirmed);
                }

                kept.RemoveRange(0, Math.Max(0, kept.Count - AnswerRing.Most));
            }

            var seen = new List<(ulong, Answer)>();
            for (var at = ring.Base + 1; at <= ring.Newest;)
            {
                var run = ring.From(at);
                Assert.False(run.IsEmpty);
                foreach (var answer in run)
                {
                    seen.Add((at++, answer));
                }
            }

            Assert.Equal(kept, seen);
            Assert.True(ring.From(ring.Base).IsEmpty && ring.From(ring.Newest + 1).IsEmpty);
        });

    [Fact]
    public void RateBucket_OverTime_GivesItsRateAndNoMoreThanItsBurst()
    {
        var bucket = new RateBucket(10, 20, now: 0, frequency: 1000);

        Assert.Equal(20, bucket.Take(50, 0));
        Assert.Equal(0, bucket.Take(1, 50));
        Assert.InRange(bucket.MillisecondsUntil(1), 50, 50);
        Assert.Equal(10, bucket.Take(50, 1000));
        Assert.Equal(20, bucket.Take(50, 100_000));
    }

    [Fact]
    public void HuntFigures_Quantiles_AreWithinATenth()
    {
        var figures = new HuntFigures();
        for (var i = 1; i <= 1000; i++)
        {
            figures.Answered(1, TimeSpan.FromMicroseconds(i * 10));
        }

        var read = figures.Read(2);

        Assert.Equal(500, read.AnswersPerSecond);
        Assert.InRange(read.P50, 4.5, 5.5);
        Assert.InRange(read.P99, 8.9, 10.9);
        Assert.Equal(default, figures.Read(1));
    }

    [Fact]
    public void Credentials_AnyChangeToAToken_IsNoticed()
    {
        var credentials = Make(1);
        var seat = new Seat(new HuntId("harbour"), new PlayerId("Ann_1.x-y"), SessionId.Draw(DateTimeOffset.UnixEpoch));
        var token = credentials.ResumeToken(seat);

        Assert.True(credentials.TryReadResume(token, out var read));
        Assert.Equal(seat, read);
        Assert.False(Make(2).TryReadResume(token, out _));
        Assert.False(credentials.TryReadPlayer(token.Replace("vrs_", "vpl_", StringComparison.Ordinal), DateTimeOffset.UnixEpoch, out _, out _));
        for (var at = 0; at < token.Length - 1; at++)
        {
            var changed = token[..at] + (token[at] == 'x' ? 'y' : 'x') + token[(at + 1)..];
            Assert.False(credentials.TryReadResume(changed, out _), $"a change at {at} passed");
        }
    }

    [Fact]
    public void Credentials_AnyText_IsReadWithoutAFault()
    {
        var credentials = Make(1);
        Gen.String[0, 600].Sample(text =>
        {
            Assert.False(credentials.TryReadResume(text, out _));
            Assert.False(credentials.TryReadResume("vrs_" + text, out _));
            Assert.False(credentials.TryReadPlayer("vpl_" + text, DateTimeOffset.UnixEpoch, out _, out _));
        });
    }

    [Fact]
    public void Credentials_TwoGateways_DeriveTheSameKeys()
    {
        var session = SessionId.Draw(DateTimeOffset.UnixEpoch);
        var (one, other, stranger) = (new byte[32], new byte[32], new byte[32]);

        Make(1).SessionKey(session, one);
        Make(1).SessionKey(session, other);
        Make(2).SessionKey(session, stranger);

        Assert.Equal(one, other);
        Assert.NotEqual(one, stranger);
    }

    [Theory]
    [InlineData(nameof(GatewayOptions.Secret))]
    [InlineData(nameof(GatewayOptions.OperatorKeys))]
    [InlineData(nameof(GatewayOptions.MaxSessions))]
    [InlineData(nameof(GatewayOptions.MaxCommandsInFlight))]
    [InlineData(nameof(GatewayOptions.CommandsPerSecond))]
    [InlineData(nameof(GatewayOptions.CommandBurst))]
    [InlineData(nameof(GatewayOptions.MaxStrangersPerAddress))]
    [InlineData(nameof(GatewayOptions.GuestJoinsPerMinute))]
    [InlineData(nameof(GatewayOptions.RequestsPerSecond))]
    [InlineData(nameof(GatewayOptions.RequestBurst))]
    [InlineData(nameof(GatewayOptions.BadKeysPerMinute))]
    [InlineData(nameof(GatewayOptions.MaxViewers))]
    [InlineData(nameof(GatewayOptions.PicturesPerSecond))]
    [InlineData(nameof(GatewayOptions.MaxMapBytes))]
    [InlineData(nameof(GatewayOptions.ResumeTime))]
    [InlineData(nameof(GatewayOptions.DetachAfter))]
    [InlineData(nameof(GatewayOptions.HandshakeTime))]
    [InlineData(nameof(GatewayOptions.SendTime))]
    [InlineData(nameof(GatewayOptions.KeepAlive))]
    [InlineData(nameof(GatewayOptions.RetryTime))]
    [InlineData(nameof(GatewayOptions.OverloadTime))]
    [InlineData(nameof(GatewayOptions.ShutdownTime))]
    [InlineData(nameof(GatewayOptions.LeaveTime))]
    [InlineData(nameof(GatewayOptions.MaxSocketAge))]
    public void Options_SettingThatCannotBe_IsRefusedByName(string setting)
    {
        var options = Good(1);
        var property = typeof(GatewayOptions).GetProperty(setting)!;
        property.SetValue(options, setting switch
        {
            nameof(GatewayOptions.Secret) => new byte[31],
            nameof(GatewayOptions.OperatorKeys) => new List<OwnOperatorKey> { new(OperatorRole.Admin, new byte[31]) },
            nameof(GatewayOptions.MaxMapBytes) => -1L,
            _ when property.PropertyType == typeof(int) => -1,
            _ => TimeSpan.FromSeconds(-1),
        });

        var result = new GatewayOptionsValidator().Validate(null, options);

        Assert.True(result.Failed);
        Assert.Contains(setting, Assert.Single(result.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_AsTheyComeWithASecret_AreGood() => Assert.True(new GatewayOptionsValidator().Validate(null, Good(1)).Succeeded);

    private static GatewayOptions Good(byte seed) => new() { Secret = [.. Enumerable.Repeat(seed, 32)] };

    private static Credentials Make(byte seed) => new(Microsoft.Extensions.Options.Options.Create(Good(seed)));
}
