using System.Globalization;

namespace Veltrix.Commands;

/// <summary>
/// Runtime settings that decide what a small frame costs. Those of the thread pool are in the project's runtimeconfig.template.json: no idle spinning,
/// and no more threads than processors as long as none of them waits. The pool's own search for a better number ends at several threads for each processor,
/// which then take turns: on two processors that made the slowest answers ten times slower. The settings here are read from the
/// environment only, when the first socket is made. An operator's own value wins.
/// </summary>
internal static class RuntimeSettings
{
    // A socket's completion runs on the thread that polled it instead of being handed to the pool: what runs there is a frame's decoding
    // and the posting of one grain call, both short and free of waits.
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    // With inline completions the class library polls with as many threads as there are processors. Decoding is a quarter of the work.
    private const string PollingThreads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";
    private const int ProcessorsPerPollingThread = 4;

    /// <summary>Lets what follows a socket's operation run on the thread that polls the sockets. Not in a process that uses PostgreSQL, which refuses to work so.</summary>
    public static void CompleteInline()
    {
        Default(InlineCompletions, "1");
        Default(PollingThreads, Math.Max(1, Environment.ProcessorCount / ProcessorsPerPollingThread).ToString(CultureInfo.InvariantCulture));
    }

    private static void Default(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
