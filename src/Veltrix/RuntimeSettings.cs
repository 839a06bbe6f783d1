namespace Veltrix.Commands;

/// <summary>
/// Runtime settings that decide what a small frame costs. The thread pool's idle spinning is switched off in the project's
/// runtimeconfig.template.json; this one is read from the environment only, when the first socket is made. An operator's own value wins.
/// </summary>
internal static class RuntimeSettings
{
    // A socket's completion runs on the thread that polled it instead of being handed to the pool: what runs there is a frame's decoding
    // and the posting of one grain call, both short and free of waits.
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static void Apply()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }
}
