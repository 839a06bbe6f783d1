using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Veltrix.Benchmarks -- --filter '*Sight*' --job short
// In process: a project that BenchmarkDotNet generates elsewhere would not find this repository's package versions and analyzers.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
    .Run([.. args, "--inProcess"], DefaultConfig.Instance.AddDiagnoser(MemoryDiagnoser.Default));
