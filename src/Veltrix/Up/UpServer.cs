using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Veltrix.Contracts;
using Veltrix.Gateway;
using Veltrix.Hosting.Storage;
using Veltrix.Hosting.Telemetry;
using Veltrix.Silo;

namespace Veltrix.Commands.Up;

/// <summary>A silo and a gateway in this process, with their stores in a data folder.</summary>
internal sealed class UpServer : IAsyncDisposable
{
    // Settings are read once. Watching their files would watch the whole folder, where the data usually lies too: each write would wake the watcher.
    private const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

    private readonly WebApplication _app;

    private UpServer(WebApplication app, string key)
    {
        _app = app;
        Key = key;
    }

    /// <summary>An operator key that is good for this run only: for the swarm that `up` starts.</summary>
    public string Key { get; }

    /// <summary>Where the gateway listens, with the port that the system gave when 0 was asked for.</summary>
    public Uri Address => new(_app.Urls.First());

    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    public IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    /// <exception cref="IOException">The address is in use, or is not one of this machine.</exception>
    public static async Task<UpServer> StartAsync(DataFolder data, Uri url, CancellationToken cancellationToken)
    {
        var key = "vop_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "veltrix", Args = [NoReload] });
        builder.WebHost.UseUrls(url.GetLeftPart(UriPartial.Authority));
        ServerLogging.Configure(builder.Logging);
        builder.AddVeltrixTelemetry("veltrix-up");
        builder.UseOrleans(silo => silo.UseVeltrixAlone(data));
        builder.AddVeltrixGateway(gateway =>
        {
            // There is no other gateway to go to.
            (gateway.LeaveTime, gateway.MaxSocketAge) = (TimeSpan.Zero, TimeSpan.Zero);
            gateway.Secret = data.Secret.ToArray();
            gateway.OperatorKeys =
            [
                new OwnOperatorKey(OperatorRole.Admin, data.OperatorKeyDigest.ToArray()),
                new OwnOperatorKey(OperatorRole.Admin, SHA256.HashData(Encoding.UTF8.GetBytes(key))),
            ];
        });

        var app = builder.Build();
        try
        {
            app.MapVeltrixGateway();
            await app.StartAsync(cancellationToken);
            return new UpServer(app, key);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
