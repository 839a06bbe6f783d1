using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Veltrix.Gateway.Tests.Support;
using Veltrix.Protocol;
using Veltrix.Protocol.Frames;
using Veltrix.Testing.Processes;
using Command = Veltrix.Protocol.Command;

namespace Veltrix.Gateway.Tests;

/// <summary>TLS by Kestrel's own settings, with a certificate that signed itself.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Gateway_WithACertificateInItsSettings_TakesHttpsAndWss()
    {
        using var certificate = MakeCertificate();
        await using var host = await GatewayHost.StartAsync(
            settings: new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:Public:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:Public:Certificate:Path"] = _folder.Of("tls.crt"),
                ["Kestrel:Endpoints:Public:Certificate:KeyPath"] = _folder.Of("tls.key"),
            },
            certificate: certificate,
            rehearses: true);
        Assert.Equal(1, Assert.Single(host.Grains.Players).Value.Resumes);
        host.Grains.Run("harbour");

        var joined = await host.JoinAsync("harbour", "ann");
        await using var player = await RawPlayer.ConnectAsync(
            host.Address, joined, certificate: (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        await player.SendResumeAsync(0, 1);
        Assert.True(ServerFrames.TryReadResumed(await player.ReceiveAsync(), out _));
        await player.ReceiveAsync();
        await player.SendAsync(1, 0, Command.Where);

        Assert.Equal("https", host.Address.Scheme);
        Assert.Equal(ResultCode.Ok, (await player.ReceiveAnswersAsync(1, 1))[0].Result);
    }

    [Fact]
    public async Task SignIn_OverHttps_MakesACookieForHttpsOnly()
    {
        using var certificate = MakeCertificate();
        await using var host = await GatewayHost.StartAsync(
            settings: new Dictionary<string, string?>
            {
                ["urls"] = "https://127.0.0.1:0",
                ["Kestrel:Certificates:Default:Path"] = _folder.Of("tls.crt"),
                ["Kestrel:Certificates:Default:KeyPath"] = _folder.Of("tls.key"),
            },
            certificate: certificate);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("key", GatewayHost.ViewerKey)]) };
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString() },
        })
        { BaseAddress = host.Address };

        using var answer = await client.SendAsync(request);

        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    private X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=veltrix.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
        File.WriteAllText(_folder.Of("tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.Of("tls.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
