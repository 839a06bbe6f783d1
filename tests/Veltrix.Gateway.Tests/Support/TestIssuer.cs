using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Veltrix.Gateway.Tests.Support;

/// <summary>A provider of OpenID Connect on this machine: its description, its public keys, and tokens, good and bad ones. Tokens are put together by hand, as an attacker does.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "veltrix-of-the-tests";
    private readonly WebApplication _app;
    private readonly List<(string Name, RSA Key)> _keys = [];

    private TestIssuer(WebApplication app) => _app = app;

    public string Authority => _app.Urls.First();

    public string KeysAddress => $"{Authority}/keys";

    /// <summary>How often the keys were read.</summary>
    public int Reads { get; private set; }

    /// <summary>Answers nothing but 500.</summary>
    public bool IsAway { get; set; }

    /// <summary>Seconds since 1970, as tokens count.</summary>
    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private RSA Key => _keys[^1].Key;

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        issuer.Rotate();
        app.MapGet("/.well-known/openid-configuration", () => issuer.Answer(new { issuer = issuer.Authority, jwks_uri = issuer.KeysAddress }));
        app.MapGet("/keys", () =>
        {
            issuer.Reads++;
            return issuer.Answer(new { keys = issuer._keys.Select(static key => Public(key.Name, key.Key)).ToArray() });
        });
        await app.StartAsync();
        return issuer;
    }

    /// <summary>A new key signs from now on; the older ones are gone.</summary>
    public void Rotate()
    {
        _keys.ForEach(static key => key.Key.Dispose());
        _keys.Clear();
        _keys.Add(($"key-{Guid.CreateVersion7()}", RSA.Create(2048)));
    }

    /// <summary>What a good token says; a test changes it.</summary>
    public JsonObject Claims(params (string Name, JsonNode? Value)[] changes)
    {
        var claims = new JsonObject { ["iss"] = Authority, ["aud"] = Audience, ["sub"] = "ann", ["exp"] = Now + 300, ["iat"] = Now };
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                claims.Remove(name);
            }
            else
            {
                claims[name] = value.DeepClone();
            }
        }

        return claims;
    }

    /// <summary>A token with these claims, signed with the issuer's key.</summary>
    public string Sign(JsonObject claims) => Sign(claims, "RS256", data => Key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>A token that says it is signed with a shared secret, and is signed with the issuer's public key as one.</summary>
    public string SignWithThePublicKeyAsASecret(JsonObject claims) =>
        Sign(claims, "HS256", data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key.ExportSubjectPublicKeyInfoPem()), data));

    /// <summary>A token signed with a key of somebody else, which bears the issuer's key's name.</summary>
    public string SignAsAStranger(JsonObject claims)
    {
        using var stranger = RSA.Create(2048);
        return Sign(claims, "RS256", data => stranger.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>A token that says it needs no signature.</summary>
    public string Unsigned(JsonObject claims, string algorithm = "none") => Sign(claims, algorithm, static _ => []);

    /// <summary>A token signed with a shared secret.</summary>
    public static string Sign(JsonObject claims, byte[] secret) => Join(new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT" }, claims, data => HMACSHA256.HashData(secret, data));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _keys.ForEach(static key => key.Key.Dispose());
    }

    private string Sign(JsonObject claims, string algorithm, Func<byte[], byte[]> sign) =>
        Join(new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = _keys[^1].Name }, claims, sign);

    private static string Join(JsonObject header, JsonObject claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Base64(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Base64(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static object Public(string name, RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", kid = name, alg = "RS256", n = Base64(parameters.Modulus!), e = Base64(parameters.Exponent!) };
    }

    private static string Base64(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private IResult Answer(object body) => IsAway
        ? Results.StatusCode((int)HttpStatusCode.InternalServerError)
        : Results.Text(JsonSerializer.Serialize(body), "application/json");
}
