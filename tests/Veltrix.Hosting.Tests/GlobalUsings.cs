global using System.Collections.Immutable;
global using Veltrix.Contracts;
