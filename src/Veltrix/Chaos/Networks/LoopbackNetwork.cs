using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Veltrix.Commands.Chaos.Members;
using Veltrix.Commands.Chaos.Plan;

namespace Veltrix.Commands.Chaos.Networks;

/// <summary>All processes on the loopback interface, on ports that were free a moment ago. Nothing can be cut.</summary>
internal sealed class LoopbackNetwork : ITestNetwork
{
    private readonly Dictionary<Victim, Spot> _spots;

    public LoopbackNetwork(IEnumerable<Victim> processes, string database)
    {
        Database = database;
        var taken = new HashSet<int>();
        _spots = processes.ToDictionary(who => who, _ => new Spot(IPAddress.Loopback, FreePort(taken), FreePort(taken), FreePort(taken), []));
    }

    public string Database { get; }

    public bool CanCut => false;

    public Spot SpotOf(Victim who) => _spots[who];

    public Task CutAsync(Victim who) => throw Refused();

    public Task HealAsync(Victim who) => throw Refused();

    public Task PartAsync(Victim silo) => throw Refused();

    public Task RejoinAsync(Victim silo) => throw Refused();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Below the ports that the system hands to outgoing connections: else one of a crowd that tries to come back could be given the very port that its gateway had, and be
    /// connected to itself.
    /// </summary>
    private static int FreePort(HashSet<int> taken)
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(13_000, 29_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                if (taken.Add(port))
                {
                    return port;
                }
            }
            catch (SocketException inUse) when (inUse.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Another one, then.
            }
        }
    }

    private static NotSupportedException Refused() => new("The loopback interface has no links to cut.");
}
