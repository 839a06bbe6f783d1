using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Veltrix.Gateway.Tokens;

namespace Veltrix.Gateway.Sessions;

/// <summary>Knows players by the tokens that operators made here, and by those that the organiser's backend signed.</summary>
internal sealed class PlayerTokens(IOptions<GatewayOptions> options, Credentials credentials, TimeProvider clock, ILogger<PlayerTokens> logger)
{
    private readonly PlayerTokenOptions _settings = options.Value.PlayerTokens;
    private readonly TokenReader? _reader = Reader(options.Value.PlayerTokens, clock, logger);

    /// <summary>Whom a token lets into a hunt.</summary>
    /// <returns>null and why, when it lets nobody in</returns>
    public async ValueTask<(PlayerId? Player, TokenStatus Status)> ReadAsync(string token, HuntId hunt)
    {
        if (_reader is null || !TokenReader.IsToken(token))
        {
            return credentials.TryReadPlayer(token, clock.GetUtcNow(), out var named, out var own) && named == hunt ? (own, TokenStatus.Good) : (null, TokenStatus.Bad);
        }

        var (status, claims) = await _reader.ReadAsync(token);
        if (status is not TokenStatus.Good)
        {
            return (null, status);
        }

        return TokenReader.TextsOf(claims, _settings.HuntClaim).Contains(hunt.Value, StringComparer.Ordinal)
            && TokenReader.TextsOf(claims, _settings.PlayerClaim).ToArray() is [var name] && PlayerId.TryParse(name, out var player)
            ? (player, TokenStatus.Good)
            : (null, TokenStatus.Bad);
    }

    private static TokenReader? Reader(PlayerTokenOptions settings, TimeProvider clock, ILogger logger) => settings switch
    {
        { Issuer: not { Length: > 0 } } => null,
        { Key.Length: > 0 } => new TokenReader(settings.Issuer, settings.Audience!, settings.KeyBytes()!, clock),
        _ => new TokenReader(settings.Issuer, settings.Audience!, new SigningKeys(new Uri(settings.JwksUrl!), clock, logger), clock),
    };
}
