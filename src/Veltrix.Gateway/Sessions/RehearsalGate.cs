using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Veltrix.Gateway.Sessions;

/// <summary>Keeps players' sockets out while the gateway rehearses: another gateway answers them at once, and this one would after a second. The rehearsal's own come in.</summary>
internal sealed class RehearsalGate
{
    /// <summary>The header by which the rehearsal's sockets are known.</summary>
    public const string Header = "Veltrix-Rehearsal";

    private volatile string? _pass;

    /// <summary>What the rehearsal's sockets have in their header; null while the gate is open to all.</summary>
    public string? Pass => _pass;

    public void Shut() => _pass = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public void Open() => _pass = null;

    public bool IsShutFor(HttpRequest request) => _pass is { } pass && request.Headers[Header] != pass;
}
