using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Veltrix.Gateway.Tokens;

/// <summary>
/// The public keys that an issuer signs with, read from its address and kept. A token that names a key which is not among them makes the gateway read them again, so
/// an issuer may change its keys at any time; strangers who make up names make it read once in ten seconds at the most.
/// </summary>
internal sealed partial class SigningKeys(Uri address, TimeProvider clock, ILogger logger)
{
    /// <summary>After this time the keys are read again, so that a key which the issuer took away is no good any more.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    /// <summary>How long the last keys that were read still do when the issuer does not answer.</summary>
    public static readonly TimeSpan AtTheMost = TimeSpan.FromHours(1);

    /// <summary>The least time between two readings.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private const int LargestAnswer = 1024 * 1024;
    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = LargestAnswer,
    };

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Known? _known;
    private long? _triedAt;

    /// <summary>The address of a provider of OpenID Connect, whose description says where its keys are.</summary>
    public static Uri DescriptionOf(Uri authority) => new($"{authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration");

    /// <summary>Whether a gateway may read keys there: who can change them on their way can make any token.</summary>
    public static bool IsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    /// <summary>The issuer's keys, with the one of this name if there is one; null when they cannot be read.</summary>
    public async ValueTask<Known?> FindAsync(string? name)
    {
        if (_known is { } known && clock.GetElapsedTime(known.ReadAt) <= GoodFor && known.Has(name))
        {
            return known;
        }

        await _turn.WaitAsync();
        try
        {
            known = _known;
            var due = known is null || clock.GetElapsedTime(known.ReadAt) > GoodFor || !known.Has(name);
            if (due && (_triedAt is not { } tried || clock.GetElapsedTime(tried) >= Pause))
            {
                _triedAt = clock.GetTimestamp();
                known = await ReadAsync() ?? known;
                _known = known;
            }

            return known is not null && clock.GetElapsedTime(known.ReadAt) <= AtTheMost ? known : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Known?> ReadAsync()
    {
        try
        {
            var text = await Http.GetStringAsync(address);
            if (!address.AbsolutePath.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal))
            {
                return new Known(clock.GetTimestamp(), null, KeysOf(text));
            }

            using var description = JsonDocument.Parse(text);
            var issuer = description.RootElement.GetProperty("issuer").GetString();
            var keys = new Uri(description.RootElement.GetProperty("jwks_uri").GetString()!, UriKind.Absolute);
            return IsSafe(keys)
                ? new Known(clock.GetTimestamp(), issuer, KeysOf(await Http.GetStringAsync(keys)))
                : throw new InvalidOperationException($"The issuer's keys are at {keys}, which is neither https nor this machine.");
        }
        catch (Exception fault)
        {
            LogAway(fault, address);
            return null;
        }
    }

    private static SecurityKey[] KeysOf(string json) => [.. new JsonWebKeySet(json).GetSigningKeys()];

    [LoggerMessage(4104, LogLevel.Warning, "The keys of tokens cannot be read from {Address}")]
    private partial void LogAway(Exception fault, Uri address);

    /// <param name="ReadAt">the clock's timestamp</param>
    /// <param name="Issuer">what the provider calls itself; null where only keys were read</param>
    /// <param name="Keys">the keys</param>
    internal sealed record Known(long ReadAt, string? Issuer, SecurityKey[] Keys)
    {
        public bool Has(string? name) => string.IsNullOrEmpty(name) || Array.Exists(Keys, key => string.Equals(key.KeyId, name, StringComparison.Ordinal));
    }
}
