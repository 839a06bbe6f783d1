using System.CommandLine;
using System.Diagnostics;
using Veltrix.Commands.Swarm;

namespace Veltrix.Commands.Up;

/// <summary>
/// The swarm that `up --players` sends against itself: a process of its own, so that the server's processor time and memory
/// are the server's alone, and so that the load comes through real sockets.
/// </summary>
internal static class SwarmChild
{
    /// <summary>Runs the swarm to its end.</summary>
    /// <param name="server">whom it plays against</param>
    /// <param name="key">an operator key, handed over in the environment since other users can read a command line</param>
    /// <param name="given">what `up` was given: the options that it shares with `swarm` are passed on as they are</param>
    /// <param name="cancellationToken">ends the swarm, which then tells what it has</param>
    /// <returns>the swarm's exit code</returns>
    public static async Task<int> RunAsync(Uri server, string key, ParseResult given, CancellationToken cancellationToken)
    {
        var start = OwnProgram.Start();
        start.ArgumentList.Add("swarm");
        start.ArgumentList.Add("--url");
        start.ArgumentList.Add(server.AbsoluteUri);
        foreach (var option in SwarmOptions.Shared)
        {
            if (given.GetResult(option) is { Implicit: false } result)
            {
                start.ArgumentList.Add(option.Name);
                start.ArgumentList.Add(result.Tokens[0].Value);
            }
        }

        start.Environment["VELTRIX_OPERATOR_KEY"] = key;
        using var swarm = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} swarm did not start.");
        try
        {
            await swarm.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A terminal's Ctrl-C reached the swarm as well, and it sums up what it has; one that does not end is ended.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await swarm.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                swarm.Kill();
                return ExitCodes.Failed;
            }
        }

        return swarm.ExitCode;
    }
}
