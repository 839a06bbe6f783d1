using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Veltrix.Commands.Chaos.Networks;

/// <summary>Tries whether connections between network namespaces are let through. A socket belongs to the namespace of the thread that made it, for ever.</summary>
internal static class NamespaceProbe
{
    private const int Network = 0x4000_0000;

    /// <summary>Connects from a namespace.</summary>
    /// <exception cref="IOException">That does not work within the patience.</exception>
    public static async Task ReachAsync(string from, EndPoint to, TimeSpan patience)
    {
        using var socket = await MakeAsync(from);
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await socket.ConnectAsync(to, limit.Token);
        }
        catch (Exception refused) when (refused is SocketException or OperationCanceledException)
        {
            throw new IOException($"what is sent from a namespace to {to} does not arrive", refused);
        }
    }

    /// <summary>Connects from one namespace to another.</summary>
    /// <exception cref="IOException">That does not work within the patience.</exception>
    public static async Task ReachAsync(string from, string to, IPAddress address, TimeSpan patience)
    {
        using var listener = await MakeAsync(to);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        await ReachAsync(from, listener.LocalEndPoint!, patience);
    }

    private static Task<Socket> MakeAsync(string space)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);

        // A thread of its own, which ends in the namespace that it went into.
        new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{space}");
                if (Enter(file, Network) != 0)
                {
                    throw new IOException($"setns: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
                }

                made.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
            catch (Exception failed)
            {
                made.SetException(failed);
            }
        })
        { IsBackground = true }.Start();
        return made.Task;
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Enter(SafeHandle file, int kind);
}
